import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct CommandTests {
  private func command(_ text: String) -> Command {
    let variables = ["PORT": "5000", "ARGS": "-a  -b", "EMPTY": ""]
    return Command(text) { variables[$0] }
  }

  @Test(arguments: [
    ("./server", ["./server"]),
    ("./server  -p $PORT", ["./server", "-p", "5000"]),
    ("./server -p${PORT}0", ["./server", "-p50000"]),
    ("x $ARGS end", ["x", "-a", "-b", "end"]),
    ("x \"$ARGS\"", ["x", "-a  -b"]),
    ("x $EMPTY y", ["x", "y"]),
    ("x \"$EMPTY\" y", ["x", "", "y"]),
    ("x 'a $PORT' \"b 'c'\" d\\ e", ["x", "a $PORT", "b 'c'", "d e"]),
    ("sh -c 'a && b'", ["sh", "-c", "a && b"]),
  ])
  func `words, quotes and variables need no shell`(text: String, words: [String]) {
    #expect(command(text) == .program(words))
  }

  @Test(arguments: [
    ("a && b", "a"), ("A=1 ./b", "./b"), ("exec ./b > log", "./b"), ("./a *.txt", "./a"),
    ("cd x && ./b", nil), ("./a ${PORT:-80}", "./a"), ("./a $(date)", "./a"), ("~/bin/a", nil),
    ("a | b", "a"), ("set -e; a", nil),
  ])
  func `anything else is left to a shell`(text: String, program: String?) {
    #expect(command(text) == .shell(text, program: program))
    #expect(command(text).arguments == ["/bin/sh", "-c", text])
  }
}
