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
    ("a | b", "a"), ("set -e; a", nil), ("env A=1 ./b > log", "./b"), ("env -i ./b > log", "env"),
  ])
  func `anything else is left to a shell`(text: String, program: String?) {
    #expect(command(text) == .shell(text, program: program))
    #expect(command(text).arguments.prefix(2) == ["/bin/sh", "-c"])
  }

  @Test(arguments: [
    ("FOO=1 bin/app", "FOO=1 exec bin/app"), ("bin/app 2>&1", "exec bin/app 2>&1"),
    ("./a *.txt", "exec ./a *.txt"),
    ("A='x y' B=\"$C;\" ./a >>log", "A='x y' B=\"$C;\" exec ./a >>log"),
    ("  ./a <in 2>&-", "  exec ./a <in 2>&-"),
    ("./a ${B} '|' \"a; b\" \\;  ~/x", "exec ./a ${B} '|' \"a; b\" \\;  ~/x"),
    ("env A=$B ./a > log", "exec env A=$B ./a > log"),
  ])
  func `of one simple command no shell is left`(text: String, line: String) {
    #expect(command(text).arguments == ["/bin/sh", "-c", line])
  }

  @Test(arguments: [
    "a && b", "a || b", "a; b", "a | b", "a &", "a\nb", "(a)", "{ a; }", "! a > x", "a &>log",
    "a > x &", "a $(b; c)", "a `b`", "a \"$(b)\"", "a ${B:-$(c)}", "a <<E", "a <(b)",
    "a $'x\\'' > y",
    "cd x > y", "export A=*", "ulimit -n 5 > x", "set -e > x", "trap x > y", ". ./x > y",
    "eval a > x", "exit > x", "exec a > x", "if a > x", "while a > x", "time a > x", "A=1",
    "A=1 B=2", "$A > x", "\"a\" > x", ">x a", "~/a > x", "[ -e x ] > y", "read x <y", "a > x # b",
    "A=$(b) c", "wait > x", "command a > x", "echo a > x", "",
  ])
  func `what may be more than one simple command stays as it is`(text: String) {
    #expect(Command.replacingShell(text) == nil)
  }

  @Test(arguments: [
    ("env A=1 B=2 bin/app x", "bin/app"), ("nice -n 5 bin/app", "bin/app"),
    ("nice bin/app", "bin/app"), ("env A=1 nice -n 5 env bin/app", "bin/app"),
    ("env -u A bin/app", "env"), ("nice -5 bin/app", "nice"), ("env A=1", "env"),
    ("nohup bin/app", "nohup"),
  ])
  func `env and nice start what follows them`(text: String, program: String) {
    #expect(command(text).program == program)
    #expect(!command(text).isDirect || program == "env" || program == "nice" || program == "nohup")
  }

  @Test(arguments: [
    ("cd sub && ../bin/app", true), ("sh -c 'exec bin/app'", true), ("env -i bin/app", true),
    ("set -e; ./app", true), ("bin/app | cat", false), ("FOO=1 bin/app", false),
    ("cd web && npm start", false), ("redis-server --dir ./data", false), ("npm start", false),
    ("env FOO=1 bin/app", false),
  ])
  func `a program that cannot be told from the line is hidden`(text: String, isHidden: Bool) {
    #expect(command(text).hidesProgram == isHidden)
  }
}
