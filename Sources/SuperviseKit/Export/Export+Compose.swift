// One file for 'docker compose': a service for each kind.
extension Export {
  func composeFile() -> File {
    var services: YAML = [:]
    for service in self.services { services[service.label] = composeService(service) }
    let document: YAML = ["name": .text(app), "services": services]
    let head = "# Made by 'supervise export compose'. IMAGE names the application's image.\n"
    return File(name: "compose.yaml", text: head + document.document)
  }

  private func composeService(_ service: ExportedService) -> YAML {
    let settings = service.settings
    let surroundings = service.spec.options.surroundings
    var result: YAML = [
      "image": .text("${IMAGE:-\(app):latest}"),
      "command": .list(service.containerWords.map { .text(Self.uninterpolated($0)) }),
      // Somebody has to reap what the processes leave behind.
      "init": true,
      "env_file": [.text("\(app).env")],
      "environment": composeEnvironment(of: service),
    ]
    result["depends_on"] = dependencies(of: service)
    if let probe = service.probe() {
      result["healthcheck"] = [
        "test": ["CMD-SHELL", .text(Self.uninterpolated(probe))], "interval": "5s",
        "timeout": "5s", "start_period": .text(Self.time(settings.startLimit)),
      ]
    }
    switch settings.restart {
    case .always: result["restart"] = "unless-stopped"
    case .onFailure: result["restart"] = "on-failure"
    case .never, .exit: result["restart"] = "no"
    }
    result["stop_signal"] = .text(SignalName.text(settings.stopSignal))
    result["stop_grace_period"] = .text(Self.time(settings.stopTimeout))
    result["working_dir"] = surroundings.directory.map { .text($0) }
    result["user"] = surroundings.user.map { user in
      .text(surroundings.group.map { "\(user):\($0)" } ?? user)
    }
    result["oom_score_adj"] = surroundings.oomScore.map { .number(Int($0)) }
    result["ulimits"] = limits(surroundings)
    var deploy: YAML = ["replicas": .number(service.count)]
    if let bytes = settings.memoryLimit {
      deploy["resources"] = ["limits": ["memory": .text("\(bytes)b")]]
    }
    result["deploy"] = deploy
    return result
  }

  private func composeEnvironment(of service: ExportedService) -> YAML {
    ["PORT": .text(String(service.port)), "PS": .text(service.name)]
  }

  private func dependencies(of service: ExportedService) -> YAML? {
    guard !service.spec.options.after.isEmpty else { return nil }
    var result: YAML = [:]
    for name in service.spec.options.after {
      guard let other = services.first(where: { $0.name == name }) else { continue }
      let condition =
        other.isTask
        ? "service_completed_successfully"
        : other.probe() == nil ? "service_started" : "service_healthy"
      result[other.label] = ["condition": .text(condition)]
    }
    return result
  }

  private func limits(_ surroundings: Surroundings) -> YAML? {
    guard !surroundings.limits.isEmpty else { return nil }
    func number(_ value: UInt) -> YAML {
      .number(value == Surroundings.unlimited ? -1 : Int(clamping: value))
    }
    var result: YAML = [:]
    for limit in surroundings.limits {
      result[limit.name] = ["soft": number(limit.soft), "hard": number(limit.hard)]
    }
    return result
  }

  /// Compose puts in values of its own where it sees a dollar sign.
  private static func uninterpolated(_ text: String) -> String {
    text.map { $0 == "$" ? "$$" : String($0) }.joined()
  }

  private static func time(_ time: Duration) -> String {
    "\(max(1, Int((time / .milliseconds(1) + 999) / 1000)))s"
  }
}
