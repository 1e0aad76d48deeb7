// Units of systemd: one for each kind, a template where there are several processes of it.
extension Export {
  func systemdUnits() -> [File] {
    services.map { File(name: unitFile($0), text: unit($0)) }
      + [File(name: "\(app).target", text: target)]
  }

  private func unitFile(_ service: ExportedService) -> String {
    "\(app)-\(service.label)\(service.count > 1 ? "@" : "").service"
  }

  /// The instance of a template is its port: units cannot count.
  private func units(of service: ExportedService) -> [String] {
    guard service.count > 1 else { return [unitFile(service)] }
    return (0..<service.count).map { "\(app)-\(service.label)@\(service.port + $0).service" }
  }

  private var target: String {
    """
    # Made by 'supervise export systemd'. It starts, stops and restarts all of \(app) together.
    [Unit]
    Description=\(app)
    Wants=\(services.flatMap(units).joined(separator: " "))

    [Install]
    WantedBy=multi-user.target

    """
  }

  private func unit(_ service: ExportedService) -> String {
    let settings = service.settings
    let needed = services.filter { service.spec.options.after.contains($0.name) }
      .flatMap(units).joined(separator: " ")
    var unit = [
      "Description=\(app) \(service.name)" + (service.count > 1 ? " on %i" : ""),
      "PartOf=\(app).target",
      "After=network.target" + (needed.isEmpty ? "" : " " + needed),
    ]
    if !needed.isEmpty { unit.append("Wants=\(needed)") }
    // systemd gives up after five starts in ten seconds unless it is told otherwise.
    if let limit = settings.crashLimit {
      unit += ["StartLimitBurst=\(limit)", "StartLimitIntervalSec=300"]
    } else {
      unit.append("StartLimitIntervalSec=0")
    }
    let line = service.spec.line
    let head = "# Made by 'supervise export systemd' from line \(line) of the Procfile.\n"
    return head + "[Unit]\n" + unit.joined(separator: "\n") + "\n\n[Service]\n"
      + (start(of: service) + stop(of: service) + surroundings(of: service))
      .joined(separator: "\n")
      + "\n\n[Install]\nWantedBy=\(app).target\n"
  }

  private func start(of service: ExportedService) -> [String] {
    let settings = service.settings
    let port = service.count > 1 ? "%i" : String(service.port)
    var lines: [String] = []
    if service.isTask {
      lines += ["Type=oneshot", "RemainAfterExit=yes"]
    } else if settings.ready == .told || settings.watchdog != nil {
      // READY=1 comes to NOTIFY_SOCKET here; there is no descriptor 3.
      lines += ["Type=notify", "NotifyAccess=all"]
    } else {
      lines.append("Type=exec")
    }
    let folder = options.directory(of: service.spec).normalizedPath
    lines.append("WorkingDirectory=\(SystemdText.path(folder))")
    lines.append("EnvironmentFile=-/etc/\(app)/\(app).env")
    for (kind, variable, number) in options.formation.ports where kind != service.name {
      lines.append("Environment=\(variable)=\(number)")
    }
    lines.append("Environment=PORT=\(port) PS=\(service.name).\(service.count > 1 ? "%i" : "1")")
    lines.append("ExecStart=\(execStart(service))")
    if let probe = service.probe(port: service.servesOwnPort ? "$PORT" : nil) {
      let loop = "until \(probe); do sleep 0.2; done"
      lines.append("ExecStartPost=/bin/sh -c \(SystemdText.word(loop))")
    }
    if !service.isTask {
      lines.append("TimeoutStartSec=\(SystemdText.time(settings.startLimit))")
    }
    switch settings.restart {
    case .always: lines += ["Restart=always", "RestartSec=1"]
    case .onFailure: lines += ["Restart=on-failure", "RestartSec=1"]
    case .never, .exit: lines.append("Restart=no")
    }
    let codes = settings.success.subtracting([0]).sorted()
    if !codes.isEmpty {
      lines.append("SuccessExitStatus=\(codes.map(String.init).joined(separator: " "))")
    }
    if let watchdog = settings.watchdog {
      lines.append("WatchdogSec=\(SystemdText.time(watchdog))")
    }
    return lines
  }

  private func execStart(_ service: ExportedService) -> String {
    guard case .program(let words) = service.command else {
      return "/bin/sh -c \(SystemdText.word(service.command.arguments[2]))"
    }
    let program = Program(
      ExportedService.filled(words[0], service.environment), path: service.environment["PATH"],
      directory: options.directory(of: service.spec))
    let first =
      switch program {
      case .found(let file): file.normalizedPath
      case .absent(let word), .unusable(let word, _):
        options.directory(of: service.spec).appendingPath(word).normalizedPath
      case .notInPath(let word): word
      }
    return ([SystemdText.word(first)] + words.dropFirst().map(SystemdText.word))
      .joined(separator: " ")
  }

  private func stop(of service: ExportedService) -> [String] {
    let settings = service.settings
    // mixed: the process alone is asked, and at the end of its time all of it are killed.
    return [
      "KillMode=\(settings.stopGroup ? "control-group" : "mixed")",
      "KillSignal=\(SignalName.text(settings.stopSignal))",
      "TimeoutStopSec=\(SystemdText.time(settings.stopTimeout))",
    ]
  }

  private func surroundings(of service: ExportedService) -> [String] {
    let surroundings = service.spec.options.surroundings
    var lines: [String] = []
    func add(_ key: String, _ value: (some CustomStringConvertible)?) {
      if let value { lines.append("\(key)=\(value)") }
    }
    add("User", surroundings.user)
    add("Group", surroundings.group)
    add("Nice", surroundings.niceness)
    add("OOMScoreAdjust", surroundings.oomScore)
    add("UMask", surroundings.mask.map { "0" + String($0, radix: 8) })
    add("MemoryMax", service.settings.memoryLimit)
    for limit in surroundings.limits {
      func text(_ value: UInt) -> String {
        value == Surroundings.unlimited ? "infinity" : String(value)
      }
      add("Limit\(limit.name.uppercased())", "\(text(limit.soft)):\(text(limit.hard))")
    }
    return lines
  }
}

extension ExportedService {
  /// Whether each of its processes is to accept connections on its own `PORT`.
  fileprivate var servesOwnPort: Bool {
    if case .port(let text) = settings.ready { ["$PORT", "${PORT}"].contains(text) } else { false }
  }

  /// The text with the values of its variables.
  static func filled(_ word: String, _ environment: Environment) -> String {
    let parts = word.split(separator: mark, omittingEmptySubsequences: false)
    return parts.enumerated().map { index, part in
      index.isMultiple(of: 2) ? String(part) : environment[String(part)] ?? ""
    }.joined()
  }
}

/// How systemd wants to see text.
enum SystemdText {
  /// One word of a command line; variables of ``ExportedService`` become its own.
  static func word(_ text: String) -> String {
    var result = ""
    let parts = text.split(separator: ExportedService.mark, omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if index.isMultiple(of: 2) {
        for character in part {
          switch character {
          case "%": result += "%%"
          case "$": result += "$$"
          case "\\": result += "\\\\"
          case "\"": result += "\\\""
          case "\n": result += "\\n"
          default: result.append(character)
          }
        }
      } else {
        result += "${\(part)}"
      }
    }
    let isPlain = !result.isEmpty && result.allSatisfy(isPlain)
    return isPlain ? result : "\"\(result)\""
  }

  private static func isPlain(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber)
      || "_-./:=,@+${}%".contains(character)
  }

  static func path(_ text: String) -> String {
    text.map { $0 == "%" ? "%%" : String($0) }.joined()
  }

  /// For an `EnvironmentFile`.
  static func quoted(_ text: String, escapes: String) -> String {
    "\"" + text.map { escapes.contains($0) ? "\\\($0)" : String($0) }.joined() + "\""
  }

  static func time(_ time: Duration) -> String {
    let milliseconds = Int(time / .milliseconds(1))
    return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)" : "\(milliseconds)ms"
  }
}
