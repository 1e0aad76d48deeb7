import CLinux
import Glibc

/// Where a link leads to, as it is written in it; nil when the path is no link.
func linkDestination(_ path: String) -> String? {
  withUnsafeTemporaryAllocation(byteCount: Int(PATH_MAX), alignment: 1) { buffer in
    guard let base = buffer.baseAddress else { return nil }
    let length = readlink(path, base, buffer.count)
    guard length > 0 else { return nil }
    return String(decoding: UnsafeRawBufferPointer(rebasing: buffer[..<length]), as: UTF8.self)
  }
}

/// The absolute path without links, nil when there is nothing.
func resolvedPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}

/// Whether the path leads to a directory, links followed.
func isDirectory(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Whether changes that others make to files there go unnoticed by this machine's kernel.
///
/// So it is with file systems of another machine or of another program: what is watched there has
/// to be looked at from time to time instead.
func changesAreSilent(in directory: String) -> Bool {
  var status = statfs()
  guard statfs(directory, &status) == 0 else { return false }
  let nfs = 0x6969
  let plan9 = 0x0102_1997
  let fuse = 0x6573_5546
  let cifs = 0xff53_4d42
  let smb2 = 0xfe53_4d42
  let virtualBox = 0x786f_4256
  return [nfs, plan9, fuse, cifs, smb2, virtualBox].contains(Int(status.f_type))
}

/// The file that git keeps in the repository of a directory while it changes the working tree.
func gitLock(above directory: String) -> String? {
  var current = directory
  while !exists(current.appendingName(".git")) {
    guard current != "/", !current.isEmpty else { return nil }
    current = current.parentPath
  }
  return current.appendingName(".git/index.lock")
}

/// Whether there is anything of that name, be it a link to nowhere.
func exists(_ path: String) -> Bool {
  var status = stat()
  return lstat(path, &status) == 0
}

/// Whether a name that just came is a link, symbolic or hard, so that no write will follow.
func isCompleteFromTheStart(_ path: String) -> Bool {
  var status = stat()
  guard lstat(path, &status) == 0 else { return false }
  return status.st_mode & S_IFMT == S_IFLNK || status.st_nlink > 1
}

/// The names in a directory, sorted; empty when it cannot be read.
func namesInDirectory(_ path: String) -> [String] {
  guard let stream = opendir(path) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// A small text file, nil when there is none.
func readText(_ path: String) -> String? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  guard let file = FileIdentity(descriptor: descriptor), file.size < 1 << 20,
    let bytes = readBytes(descriptor, count: Int(file.size), at: 0)
  else { return nil }
  return String(decoding: bytes, as: UTF8.self)
}

/// Reads exactly so many bytes at an offset; false when the file is shorter.
func readFully(
  _ descriptor: Int32, into base: UnsafeMutableRawPointer, count: Int, at offset: Int64
) -> Bool {
  var done = 0
  while done < count {
    let got = pread(descriptor, base + done, count - done, off_t(offset) + off_t(done))
    if got < 0, errno == EINTR { continue }
    guard got > 0 else { return false }
    done += got
  }
  return true
}

/// The bytes at an offset, nil when the file is shorter.
func readBytes(_ descriptor: Int32, count: Int, at offset: Int64) -> [UInt8]? {
  var isComplete = false
  let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
    guard let base = buffer.baseAddress else {
      isComplete = count == 0
      return
    }
    isComplete = readFully(descriptor, into: base, count: count, at: offset)
    initialized = isComplete ? count : 0
  }
  return isComplete ? bytes : nil
}

/// What `errno` means, for a person.
func errorText(_ number: Int32 = errno) -> String { String(cString: strerror(number)) }
