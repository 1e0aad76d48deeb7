"""A Redis of the harness' own, and as much of its protocol as asking it takes."""

import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class ServerState:
    """The server's counters at one moment."""

    cpu: float
    commands: int
    received: int
    sent: int

    def per(self, count: int, since: "ServerState") -> dict[str, float]:
        """What `count` tasks have cost since another moment."""
        return {
            "redis_cpu_10k": (self.cpu - since.cpu) / count * 1e4,
            "commands": (self.commands - since.commands) / count,
            "bytes_in": (self.received - since.received) / count,
            "bytes_out": (self.sent - since.sent) / count,
        }


class Server:
    """A redis-server without persistence on a free port, ended with the `with` block."""

    def __enter__(self) -> "Server":
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.folder = tempfile.mkdtemp(prefix="celeriac-bench-redis-")
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
             "--appendonly", "no", "--dir", self.folder],
            stdout=subprocess.DEVNULL)
        for _ in range(200):
            try:
                self.socket = socket.create_connection(("127.0.0.1", self.port))
                break
            except ConnectionRefusedError:
                time.sleep(0.02)
        else:
            raise SystemExit("redis-server does not answer")
        self.replies = self.socket.makefile("rb")
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)

    def __call__(self, *words: object) -> object:
        """Sends one command and returns its reply."""
        request = [b"*%d\r\n" % len(words)]
        for word in words:
            word = str(word).encode()
            request.append(b"$%d\r\n%s\r\n" % (len(word), word))
        self.socket.sendall(b"".join(request))
        return self._reply()

    def _reply(self) -> object:
        line = self.replies.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b"+":
            return rest.decode()
        if kind == b":":
            return int(rest)
        size = int(rest)
        if size < 0:
            return None
        if kind == b"$":
            return self.replies.read(size + 2)[:-2]
        return [self._reply() for _ in range(size)]

    def state(self) -> ServerState:
        lines = self("INFO", "everything").decode().splitlines()
        fields = dict(line.split(":", 1) for line in lines if ":" in line)
        return ServerState(
            cpu=float(fields["used_cpu_sys"]) + float(fields["used_cpu_user"]),
            commands=int(fields["total_commands_processed"]),
            received=int(fields["total_net_input_bytes"]),
            sent=int(fields["total_net_output_bytes"]))
