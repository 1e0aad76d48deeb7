extension Topic {
  static let reload = Topic(
    name: "reload", summary: "How a new build, a saved file or a request replaces processes.",
    text: """
      RELOAD

      'supervise dev' builds when a source is saved and replaces the processes whose
      executable the build has changed. A failed build changes nothing but the log.

        supervise dev                             swift build, where there is a Package.swift
        supervise dev --no-build                  an IDE builds
        supervise dev --build make --watch 'src/**'
        supervise dev --watch 'app/**/*.py'       no build: when such a file changes, all are
                                                  replaced but those with reload=none

      No process is touched before the new executable is whole: nobody writes to it any
      more, and its tables are complete. Same bytes: nothing happens. One process is replaced
      first; if it ends before it is ready, it goes back to the previous executable, and the
      others were never touched.

      reload=drain     (worker) the new process starts, and when it is ready the old one gets
                       the stop signal and finishes what it has in hand, for as long as
                       stop= says (dev 30s, prod 300s). When the next change comes before it
                       has ended, 'dev' waits no longer (its group gets TERM, 5s later KILL)
                       and 'prod' waits for it
      reload=restart   (all others) the old one ends before the new one starts
      reload=signal:HUP  it gets this signal and does the rest itself
      reload=none      it is left alone

      A saved Procfile or .env is read again: what has changed in it is replaced in the same
      way, what is new starts, what is gone stops.

      In 'supervise prod' nothing is watched. SIGHUP replaces everything that runs in the
      same way, so that a kind that drains is never without a ready process:

        supervise reload
        systemctl reload shop
      """)
}
