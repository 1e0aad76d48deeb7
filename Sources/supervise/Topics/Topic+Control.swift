extension Topic {
  static let control = Topic(
    name: "control", summary: "Looking at a running supervise, and telling it what to do.",
    text: """
      CONTROL

      One supervise runs in a folder at a time; its pid is in .supervise/lock.

        kill -USR2 "$(cat .supervise/lock)"    print the state of all processes to the log
        kill -HUP "$(cat .supervise/lock)"     prod: replace all, one by one
        kill "$(cat .supervise/lock)"          stop all

      The states: waiting (for what it comes after), starting, ready, stopping, backoff
      (will be started again), stopped (by request), done (ended well), failed (given up on)
      and missing (there is no program to start).
      """)
}
