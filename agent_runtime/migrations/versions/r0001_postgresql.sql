CREATE TABLE tenure_absence (
    user_id VARCHAR NOT NULL,
    begins_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    delegate_id VARCHAR,
    PRIMARY KEY (user_id, begins_at)
);
CREATE TABLE tenure_account (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    domain VARCHAR,
    industry VARCHAR,
    country VARCHAR,
    currency VARCHAR,
    language VARCHAR,
    timezone VARCHAR,
    phone VARCHAR,
    segment VARCHAR,
    lifecycle VARCHAR,
    owner_id VARCHAR,
    csm_id VARCHAR,
    renewal_date DATE,
    arr FLOAT,
    provisional BOOLEAN NOT NULL,
    merged_into VARCHAR,
    custom JSON NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE tenure_account_loop (
    account_id VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    woken BOOLEAN NOT NULL,
    dispatched INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    retry_at TIMESTAMP WITH TIME ZONE,
    visited_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (account_id)
);
CREATE INDEX tenure_account_loop_queued ON tenure_account_loop (account_id) WHERE woken AND dispatched > seq;
CREATE INDEX tenure_account_loop_visited ON tenure_account_loop (visited_at);
CREATE INDEX tenure_account_loop_woken ON tenure_account_loop (account_id) WHERE woken;
CREATE TABLE tenure_action (
    id VARCHAR NOT NULL,
    effect_key VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    item_id VARCHAR,
    interaction_id VARCHAR,
    kind VARCHAR NOT NULL,
    connector VARCHAR NOT NULL,
    sender VARCHAR NOT NULL,
    content JSON NOT NULL,
    content_hash VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    execute_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state VARCHAR NOT NULL,
    owner_id VARCHAR,
    heard INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    looks INTEGER NOT NULL,
    returns INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    claimed_at TIMESTAMP WITH TIME ZONE,
    claimed_by VARCHAR,
    look_at TIMESTAMP WITH TIME ZONE,
    executed_at TIMESTAMP WITH TIME ZONE,
    reason VARCHAR NOT NULL,
    result JSON NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (effect_key)
);
CREATE INDEX ix_tenure_action_item_id ON tenure_action (item_id);
CREATE INDEX tenure_action_account ON tenure_action (account_id);
CREATE INDEX tenure_action_claimed ON tenure_action (connector, claimed_at);
CREATE INDEX tenure_action_look ON tenure_action (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX tenure_action_pending ON tenure_action (execute_at) WHERE state = 'pending';
CREATE TABLE tenure_activity (
    id VARCHAR NOT NULL,
    account_id VARCHAR,
    source VARCHAR NOT NULL,
    stream VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    content_hash VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    direction VARCHAR,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    contact_id VARCHAR,
    user_id VARCHAR,
    opportunity_id VARCHAR,
    caused_by VARCHAR NOT NULL,
    subject VARCHAR,
    current BOOLEAN NOT NULL,
    deleted BOOLEAN NOT NULL,
    data JSON NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (source, stream, source_id, revision)
);
CREATE INDEX tenure_activity_account ON tenure_activity (account_id, occurred_at);
CREATE TABLE tenure_attempt (
    id SERIAL NOT NULL,
    name_hash VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX tenure_attempt_name ON tenure_attempt (name_hash, at);
CREATE TABLE tenure_audit_entry (
    account_id VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor_kind VARCHAR NOT NULL,
    actor_id VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    subject_id VARCHAR NOT NULL,
    payload JSON NOT NULL,
    salt VARCHAR NOT NULL,
    previous_hash VARCHAR NOT NULL,
    entry_hash VARCHAR NOT NULL,
    PRIMARY KEY (account_id, seq)
);
CREATE TABLE tenure_audit_forwarded (
    receiver VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (receiver, account_id)
);
CREATE TABLE tenure_audit_head (
    account_id VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    head_hash VARCHAR NOT NULL,
    PRIMARY KEY (account_id)
);
CREATE TABLE tenure_backlog (
    id VARCHAR NOT NULL,
    owner_id VARCHAR NOT NULL,
    cut TIMESTAMP WITH TIME ZONE NOT NULL,
    review_at TIMESTAMP WITH TIME ZONE NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE tenure_call_label (
    activity_id VARCHAR NOT NULL,
    topic VARCHAR NOT NULL,
    said VARCHAR NOT NULL,
    labelled_by VARCHAR NOT NULL,
    labelled_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (activity_id)
);
CREATE TABLE tenure_call_subscription (
    user_id VARCHAR NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    sent_week VARCHAR NOT NULL,
    claimed_week VARCHAR NOT NULL,
    claimed_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (user_id)
);
CREATE TABLE tenure_call_verification (
    id VARCHAR NOT NULL,
    segment VARCHAR NOT NULL,
    verified_by VARCHAR NOT NULL,
    verified_at TIMESTAMP WITH TIME ZONE NOT NULL,
    note VARCHAR NOT NULL,
    accepted JSON NOT NULL,
    checks JSON NOT NULL,
    withdrawn_by VARCHAR,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id)
);
CREATE TABLE tenure_chat_press (
    id VARCHAR NOT NULL,
    connection VARCHAR NOT NULL,
    vendor_user VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    came_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state VARCHAR NOT NULL,
    said VARCHAR NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX ix_tenure_chat_press_state ON tenure_chat_press (state);
CREATE TABLE tenure_checkpoint (
    name VARCHAR NOT NULL,
    value JSON NOT NULL,
    PRIMARY KEY (name)
);
CREATE TABLE tenure_connection (
    name VARCHAR NOT NULL,
    adapter VARCHAR NOT NULL,
    told JSON NOT NULL,
    secrets JSON NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    state VARCHAR NOT NULL,
    health VARCHAR NOT NULL,
    said VARCHAR NOT NULL,
    fix VARCHAR NOT NULL,
    checked_at TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE,
    connected_by VARCHAR NOT NULL,
    connected_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (name)
);
CREATE TABLE tenure_contact (
    id VARCHAR NOT NULL,
    account_id VARCHAR,
    name VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    email VARCHAR,
    phone VARCHAR,
    timezone VARCHAR,
    language VARCHAR,
    status VARCHAR NOT NULL,
    status_until TIMESTAMP WITH TIME ZONE,
    merged_into VARCHAR,
    custom JSON NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX ix_tenure_contact_account_id ON tenure_contact (account_id);
CREATE TABLE tenure_conversation_turn (
    id VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    asked_by VARCHAR NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    question VARCHAR NOT NULL,
    answer VARCHAR NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX tenure_conversation_turn_account ON tenure_conversation_turn (account_id, asked_at);
CREATE TABLE tenure_coverage (
    source VARCHAR NOT NULL,
    holder VARCHAR NOT NULL,
    visible_from TIMESTAMP WITH TIME ZONE NOT NULL,
    visible_until TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (source, holder, visible_from)
);
CREATE TABLE tenure_decision (
    id VARCHAR NOT NULL,
    item_id VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    verb VARCHAR NOT NULL,
    decided_by VARCHAR NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    channel VARCHAR NOT NULL,
    draft_version INTEGER NOT NULL,
    content_hash VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    detail JSON NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX ix_tenure_decision_item_id ON tenure_decision (item_id);
CREATE INDEX tenure_decision_by ON tenure_decision (decided_by, decided_at);
CREATE TABLE tenure_digest_turn (
    user_id VARCHAR NOT NULL,
    day VARCHAR NOT NULL,
    claimed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sent BOOLEAN NOT NULL,
    PRIMARY KEY (user_id)
);
CREATE TABLE tenure_draft (
    item_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    account_id VARCHAR NOT NULL,
    action JSON NOT NULL,
    content_hash VARCHAR NOT NULL,
    made_by VARCHAR NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (item_id, version)
);
CREATE TABLE tenure_episode (
    id VARCHAR NOT NULL,
    activity_id VARCHAR NOT NULL,
    account_id VARCHAR,
    speaker VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    text_hash VARCHAR NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX ix_tenure_episode_account_id ON tenure_episode (account_id);
CREATE INDEX ix_tenure_episode_activity_id ON tenure_episode (activity_id);
CREATE TABLE tenure_event (
    id BIGSERIAL NOT NULL,
    transaction BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    kind VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    subject_id VARCHAR NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX tenure_event_order ON tenure_event (transaction, id);
CREATE TABLE tenure_fact (
    id VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    slot VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    trust VARCHAR NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    superseded_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id)
);
CREATE INDEX tenure_fact_slot ON tenure_fact (account_id, slot);
CREATE TABLE tenure_fact_evidence (
    fact_id VARCHAR NOT NULL,
    activity_id VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    trust VARCHAR NOT NULL,
    stated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    span_start INTEGER,
    span_end INTEGER,
    PRIMARY KEY (fact_id, activity_id)
);
CREATE INDEX tenure_fact_evidence_activity ON tenure_fact_evidence (activity_id);
CREATE TABLE tenure_handle (
    kind VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    contact_id VARCHAR NOT NULL,
    PRIMARY KEY (kind, value, account_id, contact_id)
);
CREATE TABLE tenure_hook_message (
    id VARCHAR NOT NULL,
    hook VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    body BYTEA NOT NULL,
    body_hash VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    records INTEGER NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX tenure_hook_message_state ON tenure_hook_message (state, received_at);
CREATE TABLE tenure_idempotency (
    key_hash VARCHAR NOT NULL,
    request_hash VARCHAR NOT NULL,
    status INTEGER NOT NULL,
    body BYTEA NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (key_hash)
);
CREATE INDEX ix_tenure_idempotency_created_at ON tenure_idempotency (created_at);
CREATE TABLE tenure_interaction (
    id VARCHAR NOT NULL,
    continues_id VARCHAR,
    account_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    opportunity_id VARCHAR,
    contact_id VARCHAR,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    opened_by VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    owner_id VARCHAR,
    next_action VARCHAR,
    next_due_at TIMESTAMP WITH TIME ZONE,
    recovery VARCHAR,
    outcome VARCHAR,
    reason VARCHAR,
    evidence JSON,
    ended_at TIMESTAMP WITH TIME ZONE,
    wake_at TIMESTAMP WITH TIME ZONE,
    wake_signal VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT tenure_conservation CHECK ((state = 'open' AND outcome IS NULL AND ended_at IS NULL AND owner_id IS NOT NULL AND owner_id <> '' AND next_action IS NOT NULL AND next_action <> '' AND recovery IS NOT NULL AND recovery <> '' AND next_due_at IS NOT NULL) OR (state = 'ended' AND outcome IN ('converted','lost','disqualified','deferred') AND outcome IS NOT NULL AND reason <> '' AND reason IS NOT NULL AND evidence IS NOT NULL AND CAST(evidence AS TEXT) NOT IN ('null', '[]') AND ended_at IS NOT NULL)),
    CONSTRAINT tenure_deferred_wakes CHECK (outcome IS NULL OR outcome <> 'deferred' OR wake_at IS NOT NULL OR wake_signal <> ''),
    CONSTRAINT tenure_one_continuation UNIQUE (continues_id)
);
CREATE INDEX tenure_interaction_account ON tenure_interaction (account_id, state);
CREATE INDEX tenure_interaction_wake ON tenure_interaction (wake_at);
CREATE TABLE tenure_item (
    id VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    interaction_id VARCHAR NOT NULL,
    expectation_id VARCHAR NOT NULL,
    opportunity_id VARCHAR,
    signal VARCHAR NOT NULL,
    classification VARCHAR NOT NULL,
    step INTEGER NOT NULL,
    verified BOOLEAN NOT NULL,
    state VARCHAR NOT NULL,
    delivered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    owner_id VARCHAR NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    priority FLOAT NOT NULL,
    risk FLOAT NOT NULL,
    value_at_stake JSON NOT NULL,
    action JSON NOT NULL,
    draft_version INTEGER NOT NULL,
    content_hash VARCHAR NOT NULL,
    evidence JSON NOT NULL,
    why JSON NOT NULL,
    beside JSON NOT NULL,
    flags JSON NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE,
    snoozed_until TIMESTAMP WITH TIME ZONE,
    snoozed_for VARCHAR,
    claimed_by VARCHAR,
    claimed_until TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    closed_reason VARCHAR,
    PRIMARY KEY (id)
);
CREATE INDEX tenure_item_account ON tenure_item (account_id, state);
CREATE INDEX tenure_item_delivered ON tenure_item (delivered_at);
CREATE INDEX tenure_item_live ON tenure_item (owner_id, state, signal, due_at, priority, account_id, id) WHERE state IN ('open', 'snoozed', 'approved');
CREATE INDEX tenure_item_open ON tenure_item (owner_id) WHERE state = 'open';
CREATE INDEX tenure_item_snoozed ON tenure_item (snoozed_until) WHERE state = 'snoozed';
CREATE TABLE tenure_letter (
    id SERIAL NOT NULL,
    account_id VARCHAR NOT NULL,
    activity_id VARCHAR NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX tenure_letter_account ON tenure_letter (account_id);
CREATE TABLE tenure_login (
    user_id VARCHAR NOT NULL,
    password_hash VARCHAR NOT NULL,
    disabled_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (user_id)
);
CREATE TABLE tenure_merge (
    id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    loser VARCHAR NOT NULL,
    winner VARCHAR NOT NULL,
    merged_at TIMESTAMP WITH TIME ZONE NOT NULL,
    merged_by VARCHAR NOT NULL,
    undone_at TIMESTAMP WITH TIME ZONE,
    undone_by VARCHAR,
    PRIMARY KEY (id),
    CONSTRAINT tenure_merge_once UNIQUE (loser, merged_at)
);
CREATE TABLE tenure_merge_change (
    merge_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    "table" VARCHAR NOT NULL,
    deed VARCHAR NOT NULL,
    key JSON NOT NULL,
    before JSON NOT NULL,
    PRIMARY KEY (merge_id, number)
);
CREATE TABLE tenure_model_call (
    id VARCHAR NOT NULL,
    request_hash VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    purpose VARCHAR NOT NULL,
    prompt VARCHAR NOT NULL,
    prompt_hash VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    tokens_in INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    cost BIGINT NOT NULL,
    milliseconds INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    reply VARCHAR,
    PRIMARY KEY (id)
);
CREATE INDEX ix_tenure_model_call_account_id ON tenure_model_call (account_id);
CREATE INDEX tenure_model_call_at ON tenure_model_call (at);
CREATE INDEX tenure_model_call_request ON tenure_model_call (request_hash);
CREATE TABLE tenure_model_endpoint (
    endpoint VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    rung VARCHAR NOT NULL,
    learned_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (endpoint)
);
CREATE TABLE tenure_model_spend (
    account_id VARCHAR NOT NULL,
    day VARCHAR NOT NULL,
    tokens BIGINT NOT NULL,
    cost BIGINT NOT NULL,
    milliseconds BIGINT NOT NULL,
    PRIMARY KEY (account_id, day)
);
CREATE TABLE tenure_mute (
    id VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    signal VARCHAR NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    muted_by VARCHAR NOT NULL,
    muted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX tenure_mute_account ON tenure_mute (account_id, signal);
CREATE TABLE tenure_observed (
    expectation_id VARCHAR NOT NULL,
    step INTEGER NOT NULL,
    account_id VARCHAR NOT NULL,
    signal VARCHAR NOT NULL,
    classification VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    owner_id VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (expectation_id, step)
);
CREATE INDEX tenure_observed_account ON tenure_observed (account_id);
CREATE INDEX tenure_observed_at ON tenure_observed (at);
CREATE TABLE tenure_preference (
    user_id VARCHAR NOT NULL,
    views JSON NOT NULL,
    keys JSON NOT NULL,
    channels JSON NOT NULL,
    digest BOOLEAN NOT NULL,
    digest_at VARCHAR NOT NULL,
    digest_weekend BOOLEAN NOT NULL,
    quiet_from VARCHAR NOT NULL,
    quiet_until VARCHAR NOT NULL,
    sent_on VARCHAR NOT NULL,
    PRIMARY KEY (user_id)
);
CREATE TABLE tenure_reference (
    stream VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    data JSON NOT NULL,
    PRIMARY KEY (stream, source_id)
);
CREATE TABLE tenure_reject (
    id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    file VARCHAR NOT NULL,
    line INTEGER NOT NULL,
    field VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    rejected_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE tenure_score (
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    opportunity_id VARCHAR NOT NULL,
    risk FLOAT NOT NULL,
    priority FLOAT NOT NULL,
    PRIMARY KEY (at, opportunity_id)
);
CREATE TABLE tenure_sender (
    user_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    address VARCHAR NOT NULL,
    signature VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    server VARCHAR NOT NULL,
    username VARCHAR NOT NULL,
    password_ref VARCHAR NOT NULL,
    sent_folder VARCHAR NOT NULL,
    set_by VARCHAR NOT NULL,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (user_id)
);
CREATE TABLE tenure_stage (
    stage VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    category VARCHAR NOT NULL,
    probability FLOAT,
    expected_days FLOAT,
    PRIMARY KEY (stage)
);
CREATE TABLE tenure_stream_place (
    connection VARCHAR NOT NULL,
    stream VARCHAR NOT NULL,
    cursor VARCHAR,
    turn INTEGER NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    taken_at TIMESTAMP WITH TIME ZONE,
    records INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    resyncs INTEGER NOT NULL,
    PRIMARY KEY (connection, stream)
);
CREATE TABLE tenure_suppressed (
    expectation_id VARCHAR NOT NULL,
    step INTEGER NOT NULL,
    account_id VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    verdict VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    until TIMESTAMP WITH TIME ZONE,
    released BOOLEAN NOT NULL,
    PRIMARY KEY (expectation_id, step)
);
CREATE INDEX tenure_suppressed_account ON tenure_suppressed (account_id);
CREATE INDEX tenure_suppressed_until ON tenure_suppressed (until);
CREATE TABLE tenure_switch (
    id VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    set_by VARCHAR NOT NULL,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lifted_by VARCHAR,
    lifted_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX tenure_switch_set ON tenure_switch (scope, value) WHERE lifted_at IS NULL;
CREATE TABLE tenure_token (
    id VARCHAR NOT NULL,
    secret_hash VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    "right" VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    last_used_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    viewing VARCHAR,
    PRIMARY KEY (id)
);
CREATE INDEX ix_tenure_token_user_id ON tenure_token (user_id);
CREATE TABLE tenure_told_notice (
    connection VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL,
    live BOOLEAN NOT NULL,
    told_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (connection, user_id, key)
);
CREATE TABLE tenure_tombstone (
    digest VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    erasure VARCHAR NOT NULL,
    erased_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (digest)
);
CREATE TABLE tenure_user (
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    email VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    manager_id VARCHAR,
    team VARCHAR,
    timezone VARCHAR,
    phone VARCHAR,
    extension VARCHAR,
    language VARCHAR,
    leaves_at TIMESTAMP WITH TIME ZONE,
    custom JSON NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE tenure_vector (
    episode_id VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    passage INTEGER NOT NULL,
    dimension INTEGER NOT NULL,
    plain BYTEA NOT NULL,
    prefixed BYTEA NOT NULL,
    PRIMARY KEY (episode_id, model, passage)
);
CREATE TABLE tenure_vendor_calls (
    connection VARCHAR NOT NULL,
    stream VARCHAR NOT NULL,
    mark VARCHAR NOT NULL,
    until TIMESTAMP WITH TIME ZONE,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    problem VARCHAR NOT NULL,
    fix VARCHAR NOT NULL,
    failing_since TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (connection, stream)
);
CREATE TABLE tenure_vendor_user (
    connection VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    user_id VARCHAR NOT NULL,
    PRIMARY KEY (connection, source_id)
);
CREATE TABLE tenure_webhook (
    id VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    kinds JSON NOT NULL,
    label VARCHAR NOT NULL,
    generation INTEGER NOT NULL,
    rotated_at TIMESTAMP WITH TIME ZONE,
    created_by VARCHAR NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    stopped_at TIMESTAMP WITH TIME ZONE,
    stopped_reason VARCHAR NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE tenure_webhook_delivery (
    id VARCHAR NOT NULL,
    webhook_id VARCHAR NOT NULL,
    event BIGINT NOT NULL,
    kind VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    subject_id VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    state VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE NOT NULL,
    claimed_until TIMESTAMP WITH TIME ZONE,
    last_at TIMESTAMP WITH TIME ZONE,
    last_status INTEGER,
    last_error VARCHAR NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX tenure_webhook_delivery_due ON tenure_webhook_delivery (state, next_at);
CREATE INDEX tenure_webhook_delivery_log ON tenure_webhook_delivery (webhook_id, at, event);
CREATE TABLE tenure_webhook_place (
    webhook_id VARCHAR NOT NULL,
    transaction BIGINT NOT NULL,
    event BIGINT NOT NULL,
    PRIMARY KEY (webhook_id)
);
CREATE TABLE tenure_worker (
    executor_id VARCHAR NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    heartbeat TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (executor_id)
);
CREATE TABLE tenure_backlog_row (
    interaction_id VARCHAR NOT NULL,
    backlog_id VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    judged VARCHAR,
    judged_by VARCHAR,
    judged_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (interaction_id),
    FOREIGN KEY(backlog_id) REFERENCES tenure_backlog (id)
);
CREATE INDEX ix_tenure_backlog_row_backlog_id ON tenure_backlog_row (backlog_id);
CREATE INDEX tenure_backlog_row_account ON tenure_backlog_row (account_id);
CREATE TABLE tenure_expectation (
    id VARCHAR NOT NULL,
    interaction_id VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    key VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    turn VARCHAR NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    channels JSON NOT NULL,
    evidence JSON NOT NULL,
    state VARCHAR NOT NULL,
    step INTEGER NOT NULL,
    look_at TIMESTAMP WITH TIME ZONE,
    settled_at TIMESTAMP WITH TIME ZONE,
    settled_by VARCHAR,
    blind JSON NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (interaction_id, key),
    FOREIGN KEY(interaction_id) REFERENCES tenure_interaction (id)
);
CREATE INDEX tenure_expectation_account ON tenure_expectation (account_id);
CREATE INDEX tenure_expectation_look_at ON tenure_expectation (look_at) WHERE look_at IS NOT NULL;
CREATE TABLE tenure_breach (
    expectation_id VARCHAR NOT NULL,
    interaction_id VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    detected_at TIMESTAMP WITH TIME ZONE NOT NULL,
    owner_id VARCHAR NOT NULL,
    retracted_at TIMESTAMP WITH TIME ZONE,
    retracted_by VARCHAR,
    PRIMARY KEY (expectation_id),
    FOREIGN KEY(expectation_id) REFERENCES tenure_expectation (id)
);
CREATE INDEX tenure_breach_account ON tenure_breach (account_id);
