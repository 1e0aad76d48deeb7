import Glibc

/// What processes tell of themselves.
extension Supervisor {
  /// Reads once; false when there is nothing more for now.
  @discardableResult
  func readStatus(of process: LiveProcess) -> Bool {
    guard let status = process.status else { return false }
    now = .now
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(status.number, &bytes, bytes.count)
    if count < 0, errno == EAGAIN || errno == EINTR { return errno == EINTR }
    guard count > 0 else {
      loop.unwatch(status.number)
      process.status = nil
      statusHasEnded(of: process)
      return false
    }
    hear(process.statusReader.take(bytes[..<count]), from: process)
    return count == bytes.count
  }

  /// Takes what a process says of itself, on its status pipe or by sd_notify.
  func hear(_ messages: [StatusMessage], from process: LiveProcess) {
    // What it wrote before it said so stands above the news of it.
    if messages.contains(.ready) { process.pipes.forEach(log.drain) }
    for message in messages { receive(message, from: process) }
  }

  private func receive(_ message: StatusMessage, from process: LiveProcess) {
    switch message {
    case .ready:
      guard let placement = owner(of: process) else { return }
      note(nil, of: process)
      if [.settled, .told].contains(placement.settings.ready) { tell(placement, .becameReady) }
    case .busy(let count): process.busy = count
    case .status(let text): process.statusText = text
    case .watchdog: if let placement = owner(of: process) { tell(placement, .alive) }
    case .unready: note(.unready, of: process)
    case .stopping: note(.stopping, of: process)
    }
  }

  /// It has said of itself how it stands; that is shown, and is no failure.
  private func note(_ notice: LiveProcess.Notice?, of process: LiveProcess) {
    guard let placement = owner(of: process), process.notice != notice else { return }
    let before = placement.shown
    process.notice = notice
    noteState(of: placement, before: before)
    isUnsettled = true
  }

  /// A process that ends closes its pipe a moment before: it is not worth a word unless it lives on.
  private func statusHasEnded(of process: LiveProcess) {
    guard process.ended == nil, let placement = owner(of: process), !placement.saidStatusEnd
    else { return }
    process.sayStatusEndAt = now + .seconds(1)
  }

  /// It has made itself a daemon, or closes what it does not know when it starts: no failure.
  func sayStatusEnd(of process: LiveProcess) {
    process.sayStatusEndAt = nil
    guard process.ended == nil, let placement = owner(of: process) else { return }
    placement.saidStatusEnd = true
    log.say(
      "\(process.name) has closed its status pipe (descriptor 3) and runs on; what it says of"
        + " itself is heard by sd_notify only")
  }
}
