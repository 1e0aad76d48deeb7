import CeleriacCore

extension TaskHandle {
  /// The task as a call would be written: `mail.send(to: String, about: [String] = …)`.
  var signatureText: String {
    let list = parameters.map { "\($0.name): \($0.type)\($0.hasDefault ? " = …" : "")" }
    return "\(name)(\(list.joined(separator: ", ")))"
  }
}

/// Lines in columns.
enum Columns {
  /// Pads every column but the last to its longest cell; two blanks stand between columns.
  static func lines(_ rows: [[String]], indent: Int = 2) -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = String(repeating: " ", count: indent)
      for (column, cell) in row.enumerated() {
        line += cell
        guard column < row.count - 1 else { break }
        line += String(repeating: " ", count: widths[column] - cell.count + 2)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
