import CLinux
import Glibc

/// Clients that sit at the terminal of a process.
struct Attachment {
  let connection: ControlConnection
  /// What the place of the process is known by.
  let id: String
}

extension Supervisor {
  /// What a process with a terminal of its own is told of its size.
  var sizeOfTerminals: TerminalSize {
    TerminalSize(of: STDOUT_FILENO).beside(log.prefixWidth)
  }

  /// The terminal that all is shown on has another size now.
  func resizeTerminals() {
    for process in processes.values where !isAttached(process) {
      resize(process, sizeOfTerminals)
    }
  }

  private func isAttached(_ process: LiveProcess) -> Bool {
    control.attachments.contains { $0.id == process.place }
  }

  private func resize(_ process: LiveProcess, _ size: TerminalSize) {
    guard let terminal = process.terminal else { return }
    cel_terminal_resize(terminal.number, size.rows, size.columns)
  }

  func orderAttachment(
    to word: String, _ size: ControlRequest.Size, for client: ControlConnection
  ) throws(ControlError) {
    let ids = try ids([word])
    guard ids.count == 1, let placement = incumbent(ids[0]) else {
      throw ControlError(.refused, "'\(word)' is several; name one of \(list(ids))")
    }
    guard placement.place.spec.options.pty else {
      throw ControlError(
        .refused,
        "\(placement.name) has no terminal; 'pty=true' above it in the Procfile gives it one")
    }
    guard let process = placement.process, process.ended == nil else {
      throw ControlError(.refused, "\(placement.name) does not run")
    }
    client.send(["attached": .string(placement.name)])
    // The question that is still to be answered, if it has asked one.
    let asked = control.record(of: placement.id).history.tail.unfinished
    for line in asked where line.stream.pid == process.pid {
      line.bytes.withUnsafeBytes { client.sendAll($0) }
    }
    control.attachments.append(Attachment(connection: client, id: placement.id))
    resize(process, TerminalSize(rows: size.rows, columns: size.columns))
    let id = placement.id
    client.onInput = { [unowned self] in type($0, at: id) }
  }

  /// Whoever sits there has another size now.
  func orderSize(of word: String, _ size: ControlRequest.Size) throws(ControlError) {
    guard let placement = incumbent(word), let process = placement.process, isAttached(process)
    else { throw ControlError(.refused, "nobody is attached to '\(word)'") }
    resize(process, TerminalSize(rows: size.rows, columns: size.columns))
  }

  /// What is typed while nobody reads it is lost, as on any terminal.
  private func type(_ bytes: ArraySlice<UInt8>, at id: String) {
    guard let terminal = incumbent(id)?.process?.terminal else { return }
    _ = bytes.withUnsafeBytes { write(terminal.number, $0.baseAddress, $0.count) }
  }

  /// Shows those who sit there what a process writes.
  func showAttached(_ source: LogSource, _ bytes: UnsafeRawBufferPointer) {
    for attachment in control.attachments where attachment.id == source.id {
      attachment.connection.sendAll(bytes)
    }
  }

  /// Those who have gone leave the size as it was before.
  func endAttachments() {
    guard control.attachments.contains(where: \.connection.isClosed) else { return }
    control.attachments.removeAll { $0.connection.isClosed }
    resizeTerminals()
  }
}
