import CLinux
import Glibc

/// How large a terminal is.
struct TerminalSize: Equatable {
  var rows: Int32
  var columns: Int32

  /// That of the terminal behind a descriptor; the usual one where there is none.
  init(of descriptor: Int32) {
    rows = cel_terminal_rows(descriptor)
    columns = cel_terminal_columns(descriptor)
    if rows == 0 || columns == 0 { (rows, columns) = (24, 80) }
  }

  init(rows: Int32, columns: Int32) {
    self.rows = rows
    self.columns = columns
  }

  /// What is left of it beside the time and the names of log lines.
  func beside(_ prefix: Int) -> TerminalSize {
    TerminalSize(rows: rows, columns: max(20, columns - Int32(prefix)))
  }
}

/// A terminal that a process has to itself, for those that behave otherwise without one.
struct PseudoTerminal {
  let own: Descriptor
  let other: Descriptor

  init(_ size: TerminalSize) throws(SystemError) {
    var (own, other): (Int32, Int32) = (-1, -1)
    let error = cel_terminal_make(&own, &other)
    guard error == 0 else { throw SystemError("a terminal", -error) }
    self.own = Descriptor(own)
    self.other = Descriptor(other)
    self.own.stopBlocking()
    cel_terminal_resize(own, size.rows, size.columns)
  }
}
