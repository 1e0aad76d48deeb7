extension Topic {
  static let procfile = Topic(
    name: "procfile", summary: "The file that names the processes, and their options.",
    text: """
      PROCFILE

      One process a line: a name, a colon, a command. '#' begins a comment, a backslash at the
      end joins lines, and any other line is an error. A '#:' line above a process says how
      it is treated; other tools take it for a comment.

          #: ready=tcp:6379 reload=none
          redis: redis-server --port 6379

          #: after=redis ready=fd stop=TERM:30s max-restarts=10
          worker: .build/release/shop worker

          #: after=redis
          beat: .build/release/shop beat

      Words, quotes, $NAME and ${NAME} are read by supervise, which starts the program itself.
      Whatever only a shell knows (&&, |, >, *, $(...)) goes to '/bin/sh -c', which becomes
      the program where the line is one command (FOO=1 bin/app 2>&1).

      WHEN IT RUNS
        restart=always|on-failure|never|exit   exit: its end is the end of all, with its code
        max-restarts=N     short runs in a row until it is given up, 0 for ever (dev 5, prod 0)
        success=0,3        exit codes that are no failure
        after=NAME,...     start when those are ready or done; stop before them
        singleton=true     never two at the same time ('beat' is one)

      WHEN IT IS READY
        ready=fd           it has written READY=1 to descriptor 3, or to NOTIFY_SOCKET
        ready=tcp:PORT     the port accepts a connection
        ready='exec:CMD'   the command succeeds
        ready='log:REGEX'  it has written a line in which this matches
        ready=alive:5s     it has lived for so long; without any of these, for 1s
        ready=none         at once
        ready=done         it has ended well: a migration that others wait for
        ready-timeout=60s  how long fd, tcp, exec and log may take
        watchdog=30s       once ready it writes WATCHDOG=1 at least so often, or is ended

      HOW IT STOPS, HOW IT IS REPLACED
        stop=SIGNAL:group:TIME     each may be left out (stop=5s); TERM, itself, 10s (prod 60s).
                                   TIME also bounds how long a drain may take (30s, prod 300s)
        reload=restart|drain|none  drain: the new one first, the old one finishes its work;
                                   signal:HUP: it gets this signal and does the rest itself
        drain=5m                   how long the old one may: stop='s time, else 30s (prod 300s)
        watch=GLOB,...             restart it when such a file changes

      WHAT IT MAY
        user=NAME  group=NAME      root only
        cwd=FOLDER                 seen from the Procfile; the command as well
        umask=027  nice=10  oom=500
        pty=true                   a terminal of its own; 'supervise attach' sits down at it
        limit.mem=512M             replaced when it and its children take more
        limit.nofile=1024:4096     soft and hard; also as, core, cpu, data, fsize, memlock,
                                   nproc, stack; K, M, G and 'unlimited' are understood

      'supervise check' reads all of it and shows what it comes to. See also: help env.
      """)
}
