extension Topic {
  static let signals = Topic(
    name: "signals", summary: "What signals do, how a stop goes, and the exit codes.",
    text: """
      SIGNALS

        INT, TERM   stop all, dependents first. The second time: TERM to all groups at once.
                    The third time: KILL.
        QUIT        stop all at once, KILL after 1s
        HUP         dev: the terminal is gone, stop all. prod: read the
                    Procfile and .env again and replace all, one by one.
                    Started with nohup: nothing.
        USR1        open the files of --log-dir anew
        USR2        print the state of all processes
        TTIN, TTOU  one worker more, one fewer
        TSTP        halt supervise alone, and nothing that it runs; CONT goes on

      A stop asks the process alone, with TERM or the signal of stop=. When its time is over
      (10s, prod 60s, or that of stop=) its group gets TERM, and 5s later KILL. It is over
      when nothing of its group is left; what has become a daemon is found and ended as well.
      What is awaited is shown every 3s.

      Ctrl-C in the terminal reaches nobody but supervise. If supervise is killed with -9,
      the kernel sends its processes TERM, and a guard of its own ends what is left when
      their time is over.

      EXIT CODES
        0         all ended as asked
        1         a command was refused, or did not come about
        3         something had to be killed
        64        the command line makes no sense
        69        dev, prod: another one runs in this folder; commands: none does
        70        a process was given up on, with --exit-on-failed or as the last
        71        the system refused what supervise itself needs
        77        the one that runs belongs to another user
        78        a mistake in a file or an option, or a program that is missing
        124       what was waited for had not come about in time
        126, 127  'run': the command cannot be executed, or was not found
        other     that of the process with restart=exit or --exit-on NAME
      """)
}
