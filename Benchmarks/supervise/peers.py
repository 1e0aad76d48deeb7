"""The contestants: how each is told what to run, and started."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCHMARKS = HERE.parent
BUILT = BENCHMARKS / ".build/supervise"
PYTHON = BUILT / "python/bin"

Commands = dict[str, str]


@dataclass(frozen=True)
class Peer:
    """One contestant. Its commands are given the folder it runs in."""

    name: str
    configure: Callable[[Path, Commands, bool], None]
    """Writes what it reads: the processes, and whether they are started again when they end."""
    start: str | None = None
    """Its command line as a supervisor."""
    reload: str | None = None
    """Its command line as a reloader of `{file}`, which it runs."""
    restarts: bool = True

    def is_there(self) -> bool:
        program = (self.start or self.reload or "").split()[0]
        return shutil.which(program) is not None


def peers(supervise: Path) -> dict[str, Peer]:
    """All contestants by name; `supervise` is the program under test."""
    contestants = [
        Peer("supervise", _own_procfile, f"{supervise} prod -f Procfile",
             f"{supervise} dev -f Procfile --watch {{file}}"),
        Peer("limit", _procfile, f"{BUILT}/limit Procfile", f"{BUILT}/limit Procfile {{file}}"),
        Peer("honcho", _procfile, f"{PYTHON}/honcho start", restarts=False),
        Peer("foreman", _procfile, "foreman start", restarts=False),
        Peer("supervisord", _supervisord, f"{PYTHON}/supervisord -n -c supervisord.conf"),
        Peer("circus", _circus, f"{PYTHON}/circusd circus.ini"),
        Peer("runit", _runit, "runsvdir services"),
        Peer("watchfiles", _nothing, reload=f"{PYTHON}/watchfiles {{command}} {{folder}}"),
        Peer("watchmedo", _nothing, reload=f"{PYTHON}/watchmedo auto-restart "
             "-d {folder} -p */{name} -- {file} p"),
        Peer("entr", _nothing, reload=f"{HERE}/entr {{file}} {{file}} p"),
    ]
    return {peer.name: peer for peer in contestants}


def _nothing(folder: Path, commands: Commands, again: bool) -> None:
    pass


def _procfile(folder: Path, commands: Commands, again: bool) -> None:
    (folder / "Procfile").write_text("".join(f"{n}: {c}\n" for n, c in commands.items()))


def _own_procfile(folder: Path, commands: Commands, again: bool) -> None:
    option = "" if again else "#: restart=never\n"
    (folder / "Procfile").write_text("".join(f"{option}{n}: {c}\n" for n, c in commands.items()))


def _supervisord(folder: Path, commands: Commands, again: bool) -> None:
    text = "[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\n"
    for name, command in commands.items():
        text += (f"[program:{name}]\ncommand={command}\nautorestart={str(again).lower()}\n"
                 "stdout_logfile=/dev/stdout\nstdout_logfile_maxbytes=0\n"
                 "redirect_stderr=true\n")
    (folder / "supervisord.conf").write_text(text)


def _circus(folder: Path, commands: Commands, again: bool) -> None:
    text = (f"[circus]\nendpoint=ipc://{folder}/endpoint\npubsub_endpoint=ipc://{folder}/pubsub\n"
            f"stats_endpoint=ipc://{folder}/stats\n")
    for name, command in commands.items():
        text += (f"[watcher:{name}]\ncmd={command}\ncopy_env=True\nrespawn={again}\n"
                 "stdout_stream.class=StdoutStream\nstderr_stream.class=StdoutStream\n")
    (folder / "circus.ini").write_text(text)


def _runit(folder: Path, commands: Commands, again: bool) -> None:
    for name, command in commands.items():
        service = folder / "services" / name
        service.mkdir(parents=True)
        run = service / "run"
        run.write_text(f"#!/bin/sh\nexec {command}\n")
        os.chmod(run, 0o755)
