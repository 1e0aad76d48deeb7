import CHiredis
import Glibc

/// Which hiredis this program was built with, and which one it has loaded.
package enum HiredisVersion {
  /// The version of the headers, such as `0.14.1`.
  package static let built = "\(HIREDIS_MAJOR).\(HIREDIS_MINOR).\(HIREDIS_PATCH)"

  /// The file that the loader has found; nil when hiredis is part of the program.
  ///
  /// hiredis does not tell its version at run time, the file's name does.
  package static let file: String? = {
    guard let maps = fopen("/proc/self/maps", "re") else { return nil }
    defer { fclose(maps) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, maps) > 0, let text = line.map({ String(cString: $0) }) {
      guard let path = text.split(whereSeparator: \.isWhitespace).last else { continue }
      if path.hasPrefix("/"), path.contains("/libhiredis") { return String(path) }
    }
    return nil
  }()
}
