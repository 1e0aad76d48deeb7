extension Topic {
  static let control = Topic(
    name: "control", summary: "Looking at a running supervise, and telling it what to do.",
    text: """
      CONTROL

      One supervise runs in a folder at a time. From that folder, from one below it, or with
      -C FOLDER from anywhere:

        ps [--json]                   what runs
        logs [-f] [-n 20] [NAME]      the last lines, and those that come
        events, metrics               each change; counters for Prometheus
        start|stop|restart NAME       and wait until it is so (--no-wait, --timeout 30s)
        scale worker=6                more or fewer
        reload                        dev: build, replace what is new; prod: replace all
        signal USR1 NAME              to the process alone
        attach NAME                   sit down at its terminal (pty=true); Ctrl-] leaves
        wait --ready NAME             until it is ready
        quit                          stop all

      NAME is a process (worker.2), a kind (worker) or all. What was stopped stays stopped:
      neither its policy nor a new build starts it.

      On a terminal 'supervise dev' listens to keys: ? shows them.

      The states: waiting (for what it comes after), starting, ready, stopping, backoff
      (will be started again), stopped (by request), done (ended well), failed (given up on)
      and missing (there is no program to start); draining: it was replaced, and finishes
      what it has in hand.

      The commands talk to .supervise/sock in lines of JSON; so can any program of the same
      user: echo '{"command":"ps"}' | nc -U .supervise/sock
      """)
}
