/// The table that `supervise ps` prints.
///
///     NAME      STATE    PID    UP      RESTARTS  LAST EXIT    CPU    RSS     PORT  BUILD
///     redis     ready    41201  2h 5m          0  –            0.1 %  9.8 MB  5000  –
///     worker.1  ready    41230  12s            1  exit code 1  3.0 %  24 MB   5100  1f3c9a02
///
/// A column in which there is nothing to see is left out.
package struct ProcessTable {
  private enum Side {
    case left, right
  }

  private struct Column {
    var title: String
    var side: Side
    var cells: [String]
  }

  private let rows: [ProcessStatus]
  private let colour: Bool

  package init(_ rows: [ProcessStatus], colour: Bool) {
    self.rows = rows
    self.colour = colour
  }

  package var text: String {
    var lines = [String](repeating: "", count: rows.count + 1)
    let columns = columns
    for (number, column) in columns.enumerated() {
      let width = ([column.title] + column.cells).map(\.count).max() ?? 0
      for (index, cell) in ([column.title] + column.cells).enumerated() {
        let padding = String(repeating: " ", count: width - cell.count)
        let isLast = number == columns.count - 1
        let painted = paint(cell, column: column.title, row: index - 1)
        switch column.side {
        case .left: lines[index] += painted + (isLast ? "" : padding)
        case .right: lines[index] += padding + painted
        }
        if !isLast { lines[index] += "  " }
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private var columns: [Column] {
    let all = [
      Column(title: "NAME", side: .left, cells: rows.map(\.name)),
      Column(title: "STATE", side: .left, cells: rows.map(Self.state)),
      column("PID", .right) { $0.pid.map(String.init) },
      column("UP", .right) { $0.up.map(Self.time) },
      column("RESTARTS", .right) { String($0.restarts) },
      column("LAST EXIT", .left, \.lastExit),
      column("CPU", .right) { $0.cpuPercent.map { Self.tenths($0) + " %" } },
      column("RSS", .right) { $0.residentBytes.map(Self.size) },
      column("BUSY", .right) { $0.busy.map(String.init) },
      column("PORT", .right) { String($0.port) },
      column("BUILD", .left) { row in row.build.map { $0 + (row.isOutdated ? " (old)" : "") } },
    ]
    return all.filter { $0.cells.contains { $0 != Self.nothing } }
  }

  private static let nothing = "–"

  private func column(
    _ title: String, _ side: Side, _ cell: (ProcessStatus) -> String?
  ) -> Column {
    Column(title: title, side: side, cells: rows.map { cell($0) ?? Self.nothing })
  }

  private static func state(_ row: ProcessStatus) -> String {
    guard let note = row.note else { return row.state }
    let short = note.count > longestNote ? note.prefix(longestNote - 1) + "…" : note[...]
    return "\(row.state) (\(short))"
  }

  /// What is beyond would push the other columns out of the window; `--json` has all of it.
  private static let longestNote = 40

  private func paint(_ cell: String, column: String, row: Int) -> String {
    guard colour else { return cell }
    if row < 0 { return "\u{1B}[2m\(cell)\u{1B}[0m" }
    guard column == "STATE" else { return cell }
    let code =
      switch rows[row].state {
      case "ready", "done": 32
      case "failed", "missing", "backoff": 31
      case "stopped": 2
      default: 33
      }
    return "\u{1B}[\(code)m\(cell)\u{1B}[0m"
  }

  /// `12s`, `3m 4s`, `2h 5m`, `3d 2h`.
  static func time(_ duration: Duration) -> String {
    let seconds = Int(duration / .seconds(1))
    return switch seconds {
    case ..<60: "\(seconds)s"
    case ..<3600: "\(seconds / 60)m \(seconds % 60)s"
    case ..<86_400: "\(seconds / 3600)h \(seconds / 60 % 60)m"
    default: "\(seconds / 86_400)d \(seconds / 3600 % 24)h"
    }
  }

  /// `880 kB`, `9.8 MB`, `24 MB`.
  static func size(_ bytes: Int) -> String {
    if bytes < 1_000_000 { return "\(bytes / 1000) kB" }
    let (value, unit) =
      bytes < 1_000_000_000
      ? (Double(bytes) / 1_000_000, "MB") : (Double(bytes) / 1_000_000_000, "GB")
    return value < 10 ? "\(tenths(value)) \(unit)" : "\(Int(value.rounded())) \(unit)"
  }

  private static func tenths(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
