import Glibc

/// What processes say by sd_notify instead of on their status pipe.
extension Supervisor {
  func prepareNotifySocket() {
    guard let notifySocket else { return }
    loop.watch(notifySocket.descriptor.number) { [unowned self] in readNotifySocket() }
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
