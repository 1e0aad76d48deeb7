// Procfiles and variables that come out of a pipe: `-f <(generate)`, `-f /dev/stdin`, a FIFO.
extension Launch {
  /// Reads the pipes among the files, each once.
  ///
  /// - Throws: What a pipe has become that was a file when it was read before: whoever waited for
  ///   somebody to write to it would do nothing else meanwhile.
  func contentsOfPipes(procfile: String) throws(ConfigurationError) -> [String: String] {
    var contents = pipes ?? [:]
    for file in [procfile] + environmentFiles where contents[file] == nil && isSpecial(file) {
      guard pipes == nil else {
        throw ConfigurationError(file, "has become something that is no file")
      }
      contents[file] = try TextFile.contents(of: file)
    }
    return contents
  }

  private func isSpecial(_ file: String) -> Bool {
    exists(file) && !isDirectory(file) && !TextFile.isRegular(file)
  }

  func isPipe(_ file: String) -> Bool { pipes?[file] != nil }

  func text(of file: String) throws(ConfigurationError) -> String {
    if let text = pipes?[file] { return text }
    guard pipes == nil || !isSpecial(file) else {
      throw ConfigurationError(file, "is no file; name it with -e to have it read once")
    }
    return try TextFile.contents(of: file)
  }
}
