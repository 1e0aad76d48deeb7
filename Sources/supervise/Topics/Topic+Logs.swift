extension Topic {
  static let logs = Topic(
    name: "logs", summary: "What the lines of the log look like, and who waits for whom.",
    text: """
      LOGS

        12:03:07.123 worker.2 | text          standard output
        12:03:07.124 worker.2 ! text          standard error
        12:03:07.125 worker.2 |+ text         goes on with a line that was shown unfinished
        12:03:07.126 system   | text          supervise itself

      Lines are whole: those of different processes never mix, and none is lost or
      changes places within a process.

        --no-time              leave the time out
        --color always|never   without it, on a terminal only, and not if NO_COLOR is set
        --log json             an object a line: ts, proc, pid, stream, line
        --raw                  let everything pass, cursor movement too
        --log-dir DIR          files as well, one of each process and all.log; USR1 opens
                               them anew
        --log-rotate 100M,1d   put a file aside at this size (K, M, G), or after this time
                               (h, d); --log-keep 5 of them are kept
        --log-overflow drop    leave lines out, and count them, rather than wait

      If nobody reads (Ctrl-S, a full pipe), 4 MiB are kept; then the processes wait with
      their output, unless --log-overflow says otherwise. Restart and stop go on working.
      """)
}
