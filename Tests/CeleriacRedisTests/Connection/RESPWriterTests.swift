import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct RESPWriterTests {
  private func text(_ command: RedisCommand) -> String {
    String(decoding: command.bytes, as: UTF8.self)
  }

  @Test func `a command is an array of bulk strings`() {
    let command = RedisCommand("SET", "naïve", [0x61, 0x0D] as [UInt8])

    #expect(text(command) == "*3\r\n$3\r\nSET\r\n$6\r\nnaïve\r\n$2\r\na\r\r\n")
  }

  @Test(arguments: [0, 7, 10, -1, -10, 65_536, Int.max, Int.min])
  func `a number is written in decimal`(_ number: Int) {
    let digits = "\(number)"

    #expect(
      text(RedisCommand("X", number)) == "*2\r\n$1\r\nX\r\n$\(digits.utf8.count)\r\n\(digits)\r\n")
  }

  @Test func `every element of a list is an argument of its own`() {
    let command = RedisCommand("DEL", Each(["a", "bc"]), "d")

    #expect(text(command) == "*4\r\n$3\r\nDEL\r\n$1\r\na\r\n$2\r\nbc\r\n$1\r\nd\r\n")
  }

  @Test func `a batch knows where each command is`() {
    var batch = RedisBatch()
    batch.append("PING")
    batch.append(RedisCommand("GET", "k"))
    batch.append(arguments: 2) { writer in
      writer.append("ECHO")
      writer.append(12)
    }

    #expect(batch.count == 3)
    #expect(Array(batch.bytes(of: 0)) == RedisCommand("PING").bytes)
    #expect(Array(batch.bytes(of: 1)) == RedisCommand("GET", "k").bytes)
    #expect(Array(batch.bytes(of: 2)) == RedisCommand("ECHO", "12").bytes)
  }
}
