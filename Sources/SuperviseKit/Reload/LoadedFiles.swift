/// What a process has loaded beside its executable.
enum LoadedFiles {
  /// The files below the executable's own directory that a process has mapped, as paths below
  /// that directory.
  ///
  /// A library that the same build makes is as good a reason for a reload as the executable.
  static func of(_ pid: Int32, beside executable: String) -> [String: FileIdentity] {
    guard let directory = resolvedPath(executable.parentPath),
      let bytes = TextFile.bytes(of: "/proc/\(pid)/maps")
    else { return [:] }
    var files: [String: FileIdentity] = [:]
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let start = line.firstIndex(of: UInt8(ascii: "/")) else { continue }
      let mapped = String(decoding: line[start...], as: UTF8.self)
      guard let name = mapped.path(below: directory) else { continue }
      let path = executable.parentPath.appendingPath(name)
      if path != executable, files[path] == nil { files[path] = FileIdentity(path: path) }
    }
    return files
  }
}
