import Glibc
import TestSupport
import Testing

/// From a saved source to one build.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct SourceTests {
  /// The build takes down what it found, and may be held up or made to fail.
  private func start(ignoring rules: String = "") throws -> Supervised {
    let run = try Supervised([
      "Procfile": "app: sleep 97",
      "build": """
      #!/bin/sh
      echo "building with $(cat src/main)"
      while [ -e hold ]; do sleep 0.01; done
      if grep -q broken src/main; then
        echo "src/main:1:1: error: it is broken" >&2; exit 1
      fi
      """,
      "src/main": "one", ".gitignore": "*.log\n/src/made/\n!keep.log\n",
    ])
    Shell.run("mkdir -p .git src/made src/deep", in: run.folder)
    if !rules.isEmpty { try run.write(rules, to: "src/deep/.gitignore") }
    try run.start("dev", "--build", "./build", "--watch", "src/**")
    try run.expect("building with one")
    try run.expect("built in")
    return run
  }

  /// Waits for the next build, and ends; there may have been no other.
  private func finish(_ run: Supervised, builds: Int) throws {
    // A save that comes after all: whatever was still to come comes before it.
    try run.write("the last", to: "src/main")
    try run.expect("building with the last")
    try run.expect("built in")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(run.lines.count { $0.has("building with") } == builds + 2, "\(run.output)")
  }

  /// What each does to the files was taken down with `strace`.
  @Test(arguments: [
    (
      "vim",
      "echo swap >.main.swp; : >4913; rm 4913; mv main main~; echo two >main; rm main~ .main.swp"
    ),
    ("vim, backupcopy=yes", "cp main main~; echo two >main; rm main~"),
    (
      "emacs",
      "ln -s me@host.1 .#main; echo two >'#main#'; mv main main~; echo two >main; rm '#main#' .#main"
    ),
    ("VS Code", ": >main; echo two >main"),
    (
      "JetBrains",
      "echo two >main___jb_tmp___; mv main main___jb_old___; mv main___jb_tmp___ main; rm main___jb_old___"
    ),
    ("gedit", "echo two >.goutputstream-X1Y2Z3; mv .goutputstream-X1Y2Z3 main"),
    (
      "kate",
      "echo swap >.main.kate-swp; echo two >main.Xq1234; mv main.Xq1234 main; rm .main.kate-swp"
    ),
    ("nano", "cp -p main main~; echo two >main"),
    ("sed -i", "sed -i s/one/two/ main"),
    ("perl -i", "perl -pi -e s/one/two/ main"),
    ("atomic save", "echo two >main.tmp; sync main.tmp; mv main.tmp main"),
  ])
  func `a save is one build, whatever the editor does for it`(
    editor: String, line: String
  ) throws {
    let run = try start()

    #expect(Shell.run(line, in: run.folder + "/src") == 0)

    try run.expect("src/main changed; ./build")
    try run.expect("building with two")
    try run.expect("built in")
    try finish(run, builds: 1)
  }

  @Test func `a checkout of 500 files is one build`() throws {
    let run = try start()
    let git = "git -c user.name=a -c user.email=a@b -c init.defaultBranch=main"
    let setUp = """
      rm -rf .git && \(git) init -q && \(git) add src/main && \(git) commit -qm one
      \(git) checkout -qb other
      for i in $(seq 500); do mkdir -p src/d$((i % 25)); echo $i >src/d$((i % 25))/f$i; done
      \(git) add src && \(git) commit -qm many && \(git) checkout -q main
      """
    #expect(Shell.run(setUp, in: run.folder) == 0)
    try run.write("clean", to: "src/main")
    try run.expect("building with clean")
    try run.expect("built in")
    let before = run.lines.count { $0.has("building with") }

    #expect(Shell.run("\(git) checkout -q -f other", in: run.folder) == 0)
    let line = try run.expect("more changed; ./build")
    try run.expect("built in")

    #expect((line.number(after: " and ") ?? 0) >= 499, "\(line)")
    try finish(run, builds: before)
  }

  @Test func `a change during a build starts one more after it`() throws {
    let run = try start()
    try run.write("", to: "hold")
    try run.write("two", to: "src/main")
    try run.expect("building with two")

    try run.write("three", to: "src/main")
    try run.write("more", to: "src/other")
    usleep(300_000)  // longer than the sources have to rest
    #expect(run.lines.count { $0.has("building with three") } == 0)
    unlink(run.path("hold"))

    try run.expect("built in")
    try run.expect("src/main and 1 more changed; ./build")
    try run.expect("building with three")
    try run.expect("built in")
    try finish(run, builds: 2)
  }

  @Test func `an error is shown once, with the file that brought it about and the time`() throws {
    let run = try start()

    try run.write("broken", to: "src/main")

    try run.expect("src/main changed; ./build")
    try run.expect("src/main:1:1: error: it is broken")
    try run.expect("the build failed (exit code 1) after ")
    #expect(run.lines.count { $0.has("it is broken") } == 1)
    try finish(run, builds: 1)
  }

  @Test func `what git ignores is no source, with its exceptions`() throws {
    let run = try start(ignoring: "*.tmp\n!/mine.tmp\n")

    for name in ["src/a.log", "src/made/x", "src/deep/b.tmp", "src/deep/c.log"] {
      try run.write("x", to: name)
    }
    for name in ["src/keep.log", "src/deep/mine.tmp"] {
      try run.write("x", to: name)
      try run.expect("\(name) changed; ./build")
      try run.expect("built in")
    }
    try finish(run, builds: 2)
  }

  @Test func `files and folders that are new, renamed or gone are changes`() throws {
    let run = try start()

    for (line, changed) in [
      ("mkdir -p src/new/deeper && echo x >src/new/deeper/file", "src/new/deeper/file"),
      ("echo y >src/new/deeper/file", "src/new/deeper/file"),
      ("mv src/new src/renamed", "src/renamed/deeper/file"),
      ("rm src/renamed/deeper/file", "src/renamed/deeper/file"),
      ("cp -r src/renamed src/copied && echo z >src/copied/deeper/z", "src/copied/deeper/z"),
      ("ln -s ../build src/link", "src/link"),
    ] {
      #expect(Shell.run(line, in: run.folder) == 0)
      try run.expect("\(changed) changed; ./build")
      try run.expect("built in")
    }
    try finish(run, builds: 6)
  }
}
