import Glibc

extension Export {
  /// Writes files into a folder, which is made if need be.
  ///
  /// - Throws: Before anything is written, if one of them is there and may not be overwritten.
  package static func write(
    _ files: [File], to folder: String, force: Bool
  ) throws(ConfigurationError) {
    if mkdir(folder, 0o755) != 0, errno != EEXIST {
      throw ConfigurationError(folder, "cannot be made: \(errorText())")
    }
    for file in files where !force && exists(folder.appendingPath(file.name)) {
      throw ConfigurationError(
        folder.appendingPath(file.name), "is there already; --force overwrites it")
    }
    for file in files {
      let path = folder.appendingPath(file.name)
      let number = open(
        path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, file.isSecret ? 0o600 : 0o644)
      guard number >= 0 else {
        throw ConfigurationError(path, "cannot be written: \(errorText())")
      }
      let descriptor = Descriptor(number)
      if file.isSecret { fchmod(number, 0o600) }
      var rest = Array(file.text.utf8)[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes {
          Glibc.write(descriptor.number, $0.baseAddress, $0.count)
        }
        guard count > 0 || errno == EINTR else {
          throw ConfigurationError(path, "cannot be written: \(errorText())")
        }
        rest = rest.dropFirst(max(0, count))
      }
    }
  }
}
