/// What is wrong in a Procfile, a `.env` file or an option, and where.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// The file, or the name of the option, that holds the mistake.
  package var place: String
  /// The line, from 1, when the place has lines.
  package var line: Int?
  /// What was found, and what would be right.
  package var detail: String

  /// Whether it is a mistake on the command line, and not in a file.
  package var isUsage: Bool

  package init(_ place: String, line: Int? = nil, _ detail: String, isUsage: Bool? = nil) {
    self.place = place
    self.line = line
    self.detail = detail
    self.isUsage = isUsage ?? place.hasPrefix("-")
  }

  package var description: String {
    if let line { return "\(place):\(line): \(detail)" }
    return "\(place): \(detail)"
  }
}
