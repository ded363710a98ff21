"""What a worker counts, for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

RUNS = Counter("tenure_runs", "Runs of accounts' loops", ["result"])
RUN_SECONDS = Histogram("tenure_run_seconds", "How long a run took")
ACTIONS = Counter("tenure_action_steps", "Steps of decided actions that were executed", ["result"])
DISPATCHED = Counter("tenure_dispatched", "What was put into the queues", ["queue"])
QUEUED = Gauge("tenure_queued_accounts", "Accounts that wait in the queue")
TAKEN_OVER = Counter("tenure_taken_over", "Jobs that a dead or frozen worker left behind")
HELD_BACK = Counter("tenure_held_back", "Accounts held back because their runs killed one process after the other")
COLLECTED = Counter("tenure_collected", "Finished jobs that were cleared away")
DUTY_FAILURES = Counter("tenure_duty_failures", "Passes of a worker's own duties that failed", ["duty"])
