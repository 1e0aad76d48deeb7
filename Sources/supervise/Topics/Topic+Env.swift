extension Topic {
  static let env = Topic(
    name: "env", summary: "Which variables the processes get, and from where.",
    text: """
      ENVIRONMENT

      From the weakest to the strongest:

        1  .env                       beside the Procfile
        2  .env.dev or .env.prod
        3  the environment supervise was started in
        4  -e FILE                    in their order
        5  --set NAME=value

          # a comment
          export REDIS_URL=redis://localhost:6379/0
          DATA="${HOME}/shop\\n"       in "..." escapes (\\n \\t \\" \\\\ \\$) and ${NAME} are read
          PATTERN='${raw} \\n'         in '...' nothing is

      Each process also gets

        PORT                   5000, and 100 more for each line above; the second of a kind
                               one more. A PORT of yours is the base instead of 5000.
        PORT_REDIS, ...        the first port of each other kind
        PS, SUPERVISE_INSTANCE its place, such as worker.2
        SUPERVISE_ID           names this very process; no other ever has it
        SUPERVISE_PREDECESSOR  the ids of those that died in this place since one was ready
        SUPERVISE_SOCKET       where 'supervise ps' and the other commands are answered
        SUPERVISE_STATUS_FD    3: lines such as READY=1, STATUS=text, BUSY=2, WATCHDOG=1
        SUPERVISE_LIFELINE_FD  4: reads as ended when supervise is gone
        NOTIFY_SOCKET          the same as the status descriptor, for what knows sd_notify
        WATCHDOG_USEC          with watchdog=: how often WATCHDOG=1 has to come, at least

      'supervise check' shows each PORT; 'supervise run -- env' shows all of it.
      """)
}
