import Glibc
import TestSupport
import Testing

/// What is deployed over an executable and is no executable itself.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct ScriptReloadTests {
  private static let files = [
    "Procfile": "#: ready=fd\nweb: ./bin/app web.sh",
    "web.sh": "echo executable runs; echo READY=1 >&3; while :; do sleep 0.01; done",
    "bin/.keep": "",
  ]

  private func started() throws -> Supervised {
    let run = try Supervised(Self.files)
    system("cp /bin/dash \(run.path("bin/app"))")
    try run.start("dev")
    try run.expectAll("executable runs", "web is ready")
    return run
  }

  private func deploy(_ text: String, to run: Supervised) throws {
    try run.write(text, to: "bin/new")
    chmod(run.path("bin/new"), 0o755)
    rename(run.path("bin/new"), run.path("bin/app"))
  }

  private static func script(_ word: String) -> String {
    "#!/bin/sh\necho \(word) runs; echo READY=1 >&3; exec sleep 74\n"
  }

  @Test func `a script in the place of an executable is started, also by a restart`() throws {
    let run = try started()

    try deploy(Self.script("script"), to: run)

    try run.expectAll("script runs", "reload #1: app changed, web in")
    try run.ask("restart", "web").expectSuccess()
    try run.expect("script runs")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(run.lines.count { $0.has("executable runs") } == 1)
  }

  @Test func `from a script that fails the way back is the executable`() throws {
    let run = try started()

    try deploy("#!/bin/sh\nexit 3\n", to: run)

    try run.expectAll("web failed on the new build (exit code 3)", "executable runs")
    try deploy(Self.script("better"), to: run)
    try run.expectAll("better runs", "reload #2: app changed, web in")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
  }

  @Test func `what is neither an executable nor a script touches nothing`() throws {
    let run = try started()

    try deploy("garbage\n", to: run)

    try run.expect(
      "bin/app cannot be run: it is neither an ELF file nor a script with #!; what runs goes on")
    try deploy(Self.script("script"), to: run)
    try run.expect("reload #1: app changed, web in")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(run.lines.count { $0.has("neither an ELF file") } == 1)
    #expect(run.lines.count { $0.has("web started") } == 2)
  }
}
