import Glibc

/// What processes say by sd_notify instead of on their status pipe.
extension Supervisor {
  func prepareNotifySocket() {
    guard let notifySocket else { return }
    loop.watch(notifySocket.descriptor.number) { [unowned self] in readNotifySocket() }
  }

  /// What a process said before it ended is heard before its end is judged.
  ///
  /// Asked for each one that has been reaped: another one may have spoken and ended meanwhile.
  func hearLastWords(of process: LiveProcess) {
    readNotifySocket()
    while process.status != nil, readStatus(of: process) {}
  }

  private func readNotifySocket() {
    now = .now
    while let (pid, bytes) = notifySocket?.receive() {
      // Whoever wants to can write to it; only those that run here are heard.
      guard let process = processes[pid] ?? processes[getpgid(pid)] else { continue }
      var reader = StatusReader()
      hear(reader.take(bytes + [0x0A]), from: process)
    }
  }
}
