import Glibc
import TestSupport
import Testing

/// The log as a whole: files, and readers that are slow, stopped or gone.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct LogTests {
  @Test func `lines are kept in files, by process and all together`() throws {
    let run = try Supervised([
      "Procfile": """
      #: restart=never
      web: sh -c 'echo "\\033[31mone\\033[0m"; echo two >&2; printf three'
      """
    ])
    try run.start("prod", "--log-dir", "logs", "--color", "always")

    #expect(try run.end() == 0)
    let web = run.text("logs/web.log")
    #expect(web.has("web    | one\n"))
    #expect(web.has("web    ! two\n"))
    #expect(web.has("web    | three\n"))
    #expect(!web.has("system"))
    #expect(run.text("logs/all.log").has("web    | three\n"))
    #expect(run.text("logs/system.log").has("web is done"))
    #expect(run.output.has("\u{1B}[31mone"))
  }

  @Test func `after USR1 files that were renamed are made anew`() throws {
    let run = try Supervised([
      "Procfile": """
      web: sh -c 'echo before; while [ ! -e go ]; do sleep 0.01; done; echo after; exec sleep 60'
      """
    ])
    try run.start("prod", "--log-dir", "logs")
    try run.expect("before")
    while !run.text("logs/web.log").has("before") { usleep(1000) }
    rename(run.path("logs/web.log"), run.path("logs/old"))

    run.signal(SIGUSR1)
    while run.has("logs/web.log") == false {
      // It is made with the next line.
      try run.write("", to: "go")
      usleep(1000)
    }

    try run.expect("after")
    while !run.text("logs/web.log").has("after") { usleep(1000) }
    #expect(!run.text("logs/old").has("after"))
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
  }

  @Test func `log files that make no sense are refused`() throws {
    for (arguments, complaint) in [
      (["--log-rotate", "1M"], "--log-rotate: there are no log files"),
      (["--log-dir", "logs", "--log-rotate", "often"], "'often' is no size in K, M or G and no"),
      (["--log-dir", "logs", "--log-rotate", "1s"], "'1s' is no size in K, M or G"),
      (["--log-dir", "logs", "--log-keep", "3"], "say with --log-rotate when"),
      (["--log-dir", "Procfile"], "Not a directory"),
    ] {
      let run = try Supervised(["Procfile": "web: true"])
      try run.start(["prod"] + arguments)
      try run.expect(complaint)
      #expect([64, 71].contains(try run.end()))
    }
  }

  @Test func `what is left out of a log that is read too slowly is counted`() throws {
    let run = try Supervised(["Procfile": "web: ./flood", "flood": Self.flood])
    try run.start("prod", "--log-overflow", "drop")
    // Nobody reads until all has been written, which lossless it could not be.
    while !run.has("written") { usleep(1000) }

    let line = try run.expect("lines were left out")

    let dropped = try #require(line.value(of: "| ").flatMap { Int($0) })
    #expect(dropped > 0)
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
    #expect(run.count(of: "flood ") + dropped == 400_000)
  }

  private static let flood = """
    #!/bin/sh
    yes flood 1234567890 | head -n 400000
    touch written
    exec sleep 60
    """

  @Test func `what was not shown in the end is counted`() throws {
    let lines = 20_000
    let program = Supervised.builtPath("LineWriter")
    let run = try Supervised(["Procfile": "w00: \(program) write w00 \(lines) line"])
    let checker = try LineChecker(processes: 1, lines: lines)
    checker.signal(SIGSTOP)
    try run.start(["prod"], readBy: checker)
    usleep(500_000)  // all is read from the process, and little of it is written

    run.signal(SIGTERM)

    let shown = try run.expect("lines not shown").value(of: "… ")
    #expect(try run.end() == 0)
    checker.signal(SIGCONT)
    let seen = try checker.verdict().value(of: "lines=")
    let sum = try #require(shown.flatMap { Int($0) }) + #require(seen.flatMap { Int($0) })
    // Of the last piece some may have come; and some lines are the supervisor's own.
    #expect(lines..<lines + 1000 ~= sum)
  }

  @Test func `the end waits for no writer that is done`() throws {
    // The writer may be done at any moment while it is being waited for; one in six was missed.
    for _ in 0..<40 {
      let run = try Supervised(["Procfile": "#: restart=never\nweb: echo done"])
      try run.start("prod")
      try run.expect("web is done")
      let began = ContinuousClock.now

      #expect(try run.end() == 0)

      // A writer that is missed is waited for until 2 s are over.
      #expect(ContinuousClock.now - began < .seconds(1.5))
    }
  }
}

extension Supervised {
  func text(_ name: String) -> String {
    let file = open(path(name), O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(file, &bytes, bytes.count)
    return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
  }

  func has(_ name: String) -> Bool { access(path(name), F_OK) == 0 }
}
