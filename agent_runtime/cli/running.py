"""The commands that run it: replay, demo, import, worker, server, doctor."""

from pathlib import Path
from typing import Annotated

import typer

from agent_runtime.cli.options import Json

app = typer.Typer()
demo_app = typer.Typer(invoke_without_command=True)
config_app = typer.Typer(help="What is set, and where it came from.", no_args_is_help=True)
app.add_typer(demo_app, name="demo")
app.add_typer(config_app, name="config")

World = Annotated[Path, typer.Argument(help="A world folder: plain files, see docs/operations.md.")]


@app.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    typer.echo(installed("tenure"))


@app.command()
def replay(
    world: World,
    out: Annotated[Path, typer.Option(help="Folder for what the replay writes.")],
    until: Annotated[str | None, typer.Option(help="Stop at this time.")] = None,
    daily_cap: Annotated[int | None, typer.Option(min=0, help="Most new items a working day, in all.")] = None,
    scores: Annotated[str | None, typer.Option(help="daily: write the risk of every open deal each day.")] = None,
    approve: Annotated[str, typer.Option(help="none, all or first:N a day.")] = "none",
    db: Annotated[Path | None, typer.Option(help="Keep the database in this file.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the database stopped.")] = False,
    pause_sweeps: Annotated[str | None, typer.Option(help="FROM..TO: deadlines are not looked at.")] = None,
    playbook: Annotated[str, typer.Option(help="A preset or a file.")] = "b2b_sales",
    json: Json = False,
) -> None:
    """Run a world through the live code on a virtual clock, and write down what it did."""
    from agent_runtime.replay.command import replay_world

    replay_world(
        world, out=out, until=until, daily_cap=daily_cap, scores=scores, approve=approve, database=db,
        resume=resume, pause=pause_sweeps, playbook=playbook, as_json=json,
    )  # fmt: skip


DemoFolder = Annotated[Path | None, typer.Option("--dir", help="Where the demo's files are; var/demo by default.")]
DemoPort = Annotated[int, typer.Option(min=1, max=65535, help="Where its pages are served, on this machine.")]


@demo_app.callback()
def demo(
    call: typer.Context,
    data: Annotated[Path | None, typer.Option(help="A world folder instead of the generated company.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed is another company.")] = 7,
    folder: DemoFolder = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Print only; serve no pages.")] = False,
    port: DemoPort = 8321,
    vendors: Annotated[
        bool, typer.Option("--vendors", help="Its CRM, mail and phone system are stand-ins, read by the connectors.")
    ] = False,
    json: Json = False,
) -> None:
    """Make an invented company, live through its six months, print this morning's inbox, and serve its pages."""
    if call.invoked_subcommand:
        return
    from agent_runtime.demo.command import run_demo
    from agent_runtime.settings import load

    shown_at = None if no_serve or json else port
    where = folder or load().data_dir / "demo"
    run_demo(folder=where, data=data, seed=seed, as_json=json, port=shown_at, vendors=vendors)


@demo_app.command("tour")
def demo_tour(folder: DemoFolder = None, port: DemoPort = 8321, json: Json = False) -> None:
    """Print five moments of the demo that is being served, with links to them and what to press there."""
    from agent_runtime.demo.tour import print_tour
    from agent_runtime.settings import load

    print_tour(folder=folder or load().data_dir / "demo", port=port, as_json=json)


@app.command()
def look(
    folder: Annotated[Path, typer.Argument(help="An export: CRM lists (CSV), .mbox, call lists; or a world folder.")],
    out: Annotated[Path, typer.Option(help="The page that is written.")] = Path("look.html"),
    zone: Annotated[str | None, typer.Option(help="Where times without an offset were written: Europe/Berlin.")] = None,
    playbook: Annotated[str, typer.Option(help="A preset or a file.")] = "b2b_sales",
    json: Json = False,
) -> None:
    """Read an export of your own, offline and read-only, and write one page of what was left open."""
    from agent_runtime.look.command import look_command

    look_command(folder, out, zone=zone, playbook=playbook, as_json=json)


@app.command("import")
def import_(
    world: World,
    db: Annotated[str | None, typer.Option(help="SQLite file; the configured database by default.")] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="For a CSV file instead: a TOML file that says which column means what.")
    ] = None,
    rejects: Annotated[Path | None, typer.Option(help="With a mapping: where rows that cannot be read go.")] = None,
    json: Json = False,
) -> None:
    """Read a world folder, or a CSV file with a mapping, into the database; reading it again changes nothing."""
    from agent_runtime.commands.rows import rows_command
    from agent_runtime.replay.importing import import_command

    if mapping is not None:
        rows_command(world, mapping, rejects, as_json=json)
    else:
        import_command(world, db, as_json=json)


@app.command()
def work(
    once: Annotated[bool, typer.Option("--once", help="End when nothing is left to do now.")] = False,
    threads: Annotated[int, typer.Option(min=1, help="How many runs and sendings at once.")] = 4,
    metrics_port: Annotated[int | None, typer.Option(help="Serve the counters for Prometheus on this port.")] = None,
) -> None:
    """Work off what is due, beside other workers, until told to end (Ctrl-C or SIGTERM)."""
    from agent_runtime.settings import load
    from agent_runtime.worker import work as begin

    begin(load(), once=once, threads=threads, metrics_port=metrics_port)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on.")] = 8321,
) -> None:
    """Serve the API; stops within seconds when it is told to."""
    from agent_runtime.app.serve import serve as run

    run(host, port)


@app.command("stub-model")
def stub_model(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port on this machine.")] = 8399,
    mode: Annotated[str, typer.Option(help="honest, lying or obeying: does what texts in the data say.")] = "honest",
    fault: Annotated[str, typer.Option(help="What goes wrong with each request: 429, 500, timeout, length, …")] = "",
    refuse: Annotated[str, typer.Option(help="A form that is refused: json_schema, or json_schema,json_object.")] = "",
    seed: Annotated[int, typer.Option(help="Another seed makes other choices.")] = 7,
) -> None:
    """Serve a stub of an OpenAI-compatible model on this machine, for trials and tests; it is no language model."""
    from agent_runtime.commands.stubbing import stub_model_command

    stub_model_command(port, mode=mode, fault=fault, refuse=refuse, seed=seed)


@app.command()
def doctor(
    online: Annotated[bool, typer.Option("--online", help="Ask the language model too, where one is set.")] = False,
    fresh_lead: Annotated[
        bool, typer.Option("--fresh-lead", help="Send a test lead of each type through instead; nothing of it stays.")
    ] = False,
    json: Json = False,
) -> None:
    """Check the installation: a tick for what is right, the exact fix for what is not."""
    from agent_runtime.doctor.command import doctor_command, fresh_lead_command

    code = fresh_lead_command(as_json=json) if fresh_lead else doctor_command(online=online, as_json=json)
    raise SystemExit(code)


@config_app.command("show")
def config_show(json: Json = False) -> None:
    """Each setting, masked where it is secret, and where it came from."""
    from agent_runtime.doctor.command import config_command

    config_command(as_json=json)
