import TestSupport
import Testing

/// What an export cannot say, and what it has to quote.
@Suite(.timeLimit(.minutes(1)))
struct ExportWritingTests {
  @Test func `two names that would be exported as one are refused`() throws {
    let run = try Supervised(["Procfile": "my_app: sleep 1000\nmy-app: sleep 1001\n"])

    try run.start(["export", "compose", "out", "--app", "shop"])

    #expect(try run.end() == 78)
    #expect(run.output.has("'my_app' and 'my-app' would both be exported as 'my-app'"))
  }

  @Test func `compose reads the values as they are`() throws {
    let run = try Supervised([
      "Procfile": "web: sleep 1000\n",
      ".env": #"""
      DOLLAR='a$b'
      HASH='x #y'
      BLANKS=' lead '
      QUOTE="it's"
      LINES="one\ntwo"
      PLAIN=redis://h:1/0?x=1

      """#,
    ])

    try run.start(["export", "compose", "out", "--app", "shop"])
    #expect(try run.end() == 0)

    let text = run.text(of: "out/shop.env")
    for line in [
      "DOLLAR='a$b'", "HASH='x #y'", "BLANKS=' lead '", #"QUOTE='it\'s'"#, #"LINES="one\ntwo""#,
      "PLAIN=redis://h:1/0?x=1",
    ] {
      #expect(text.has(line + "\n"), "\(text)")
    }
    let other = run.another()
    try other.start(["export", "kubernetes", "out", "--app", "shop"])
    #expect(try other.end() == 78)
    #expect(other.output.has("LINES: its value has several lines"))
  }

  @Test func `what a target has no word for is told`() throws {
    let run = try Supervised([
      "Procfile":
        "#: user=nobody nice=5 ready=fd\nweb: sleep 1000\n#: cwd=sub\nclock: sleep 1001\n",
      "sub/file": "",
    ])

    try run.start(["export", "kubernetes", "out", "--app", "2048", "-c", "clock=0"])
    #expect(try run.end() == 0)
    #expect(
      run.output.has("'web': ready=fd, nice=, user=nobody not exported; kubernetes has nothing"))
    let other = run.another()
    try other.start(["export", "compose", "out", "--app", "2048"])
    #expect(try other.end() == 78)
    #expect(other.output.has("clock: cwd=sub is no folder of a container; one begins with '/'"))
  }
}
