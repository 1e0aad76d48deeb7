import Testing

@testable import SuperviseKit

/// A terminal that understands what footers need, four lines high unless it says otherwise.
private struct Screen {
  var rows: [[UInt8]] = [[]]
  var row = 0
  var column = 0
  private var saved = (row: 0, column: 0)
  let height: Int

  init(height: Int = 4) { self.height = height }

  mutating func show(_ bytes: [UInt8]) {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case 0x0A: goDown(); column = 0
      case 0x0D: column = 0
      case 0x1B:
        let start = index
        if bytes[index] == UInt8(ascii: "[") {
          while !(0x40...0x7E ~= bytes[index + 1]) { index += 1 }
          index += 1
        }
        index += 1
        obey(String(decoding: bytes[start..<index], as: UTF8.self))
      default: put(byte)
      }
    }
  }

  private mutating func obey(_ command: String) {
    switch command {
    case "[J":
      rows[row] = Array(rows[row].prefix(column))
      rows.removeLast(rows.count - 1 - row)
    case "D": goDown()
    case "[A": row -= 1
    case "[B": row += 1
    case "7": saved = (row, column)
    case "8": (row, column) = saved
    case "[?7l", "[?7h", "[0m", "[K": break
    default: preconditionFailure("unknown command \(command)")
    }
  }

  private mutating func goDown() {
    row += 1
    if row == rows.count { rows.append([]) }
    guard rows.count > height else { return }
    rows.removeFirst()
    row -= 1
    saved.row -= 1
  }

  private mutating func put(_ byte: UInt8) {
    while rows[row].count <= column { rows[row].append(0x20) }
    rows[row][column] = byte
    column += 1
  }

  var text: [String] { rows.map { String(decoding: $0, as: UTF8.self) } }
}

@Suite(.timeLimit(.minutes(1)))
struct FooterTests {
  private var screen = Screen()
  private var footer = Footer()

  private mutating func log(_ text: String) {
    let bytes = Array(text.utf8)
    let (before, after) = bytes.withUnsafeBytes { footer.frame($0) }
    screen.show(before + bytes + after)
  }

  private mutating func say(_ text: String) {
    footer.text = Array(text.utf8)
    screen.show(footer.redrawn())
  }

  @Test mutating func `without one nothing is added`() {
    log("one\n")

    #expect(screen.text == ["one", ""])
  }

  @Test mutating func `it stays below the log`() {
    say("2 run")
    #expect(screen.text == ["2 run"])
    log("one\n")
    log("two\nthree\n")
    #expect(screen.text == ["one", "two", "three", "2 run"])
    say("3 run")
    #expect(screen.text == ["one", "two", "three", "3 run"])
    log("four\n")

    #expect(screen.text == ["two", "three", "four", "3 run"])
  }

  @Test mutating func `it stays below an unfinished line, which goes on in place`() {
    say("status")
    log("one\nName? ")
    #expect(screen.text == ["one", "Name? ", "status"])
    log("Bob")
    #expect(screen.text == ["one", "Name? Bob", "status"])
    log("\nHi\n")

    #expect(screen.text == ["one", "Name? Bob", "Hi", "status"])
  }

  @Test mutating func `on the last line of the terminal as well`() {
    say("status")
    log("1\n2\n3\n4\nhalf")
    #expect(screen.text == ["3", "4", "half", "status"])
    log(" whole\nnext")

    #expect(screen.text == ["4", "half whole", "next", "status"])
  }

  @Test mutating func `progress is redrawn above it`() {
    say("status")
    log("10 %")
    log("\r20 %\u{1B}[K")

    #expect(screen.text == ["20 %", "status"])
  }

  @Test mutating func `it goes when there is nothing to say`() {
    say("status")
    log("one\n")
    say("")
    #expect(screen.text == ["one", ""])
    log("two\n")

    #expect(screen.text == ["one", "two", ""])
  }
}
