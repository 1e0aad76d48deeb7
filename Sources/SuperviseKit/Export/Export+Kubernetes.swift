// Manifests of Kubernetes: a Deployment or Job for each kind, tied together by a kustomization.
extension Export {
  func kubernetesManifests() -> [File] {
    var files = services.map { service in
      File(
        name: "\(service.label).yaml",
        text: "# Made by 'supervise export kubernetes' from line \(service.spec.line) of the"
          + " Procfile.\n" + manifests(of: service).map(\.document).joined(separator: "---\n"))
    }
    files.append(File(name: "kustomization.yaml", text: kustomization.document))
    return files
  }

  private var kustomization: YAML {
    [
      "apiVersion": "kustomize.config.k8s.io/v1beta1",
      "kind": "Kustomization",
      "resources": .list(services.map { .text("\($0.label).yaml") }),
      "images": [["name": .text(app), "newName": .text(app), "newTag": "latest"]],
      "secretGenerator": [["name": .text("\(app)-env"), "envs": [.text("\(app).env")]]],
    ]
  }

  private func manifests(of service: ExportedService) -> [YAML] {
    let workload = service.isTask ? job(service) : deployment(service)
    guard let port = service.servedPort else { return [workload] }
    let network: YAML = [
      "apiVersion": "v1",
      "kind": "Service",
      "metadata": metadata(of: service),
      "spec": [
        "selector": labels(of: service),
        "ports": [["port": .number(port), "targetPort": .number(port)]],
      ],
    ]
    return [workload, network]
  }

  private func labels(of service: ExportedService) -> YAML {
    ["app.kubernetes.io/part-of": .text(app), "app.kubernetes.io/component": .text(service.label)]
  }

  private func metadata(of service: ExportedService) -> YAML {
    ["name": .text("\(app)-\(service.label)"), "labels": labels(of: service)]
  }

  private func deployment(_ service: ExportedService) -> YAML {
    let isDraining = service.settings.reload == .drain
    let strategy: YAML =
      service.settings.singleton
      ? ["type": "Recreate"]
      : [
        "type": "RollingUpdate",
        "rollingUpdate": [
          "maxUnavailable": .number(isDraining ? 0 : 1), "maxSurge": .number(isDraining ? 1 : 0),
        ],
      ]
    return [
      "apiVersion": "apps/v1",
      "kind": "Deployment",
      "metadata": metadata(of: service),
      "spec": [
        "replicas": .number(service.count),
        "selector": ["matchLabels": labels(of: service)],
        "strategy": strategy,
        "template": ["metadata": ["labels": labels(of: service)], "spec": pod(service)],
      ],
    ]
  }

  private func job(_ service: ExportedService) -> YAML {
    var pod = pod(service)
    pod["restartPolicy"] = .text(service.settings.restart == .never ? "Never" : "OnFailure")
    return [
      "apiVersion": "batch/v1",
      "kind": "Job",
      "metadata": metadata(of: service),
      "spec": [
        "backoffLimit": .number(service.settings.restart == .never ? 0 : 5),
        "template": ["metadata": ["labels": labels(of: service)], "spec": pod],
      ],
    ]
  }

  private func pod(_ service: ExportedService) -> YAML {
    let settings = service.settings
    let surroundings = service.spec.options.surroundings
    var container: YAML = [
      "name": .text(service.label),
      "image": .text(app),
      "command": .list(service.containerWords.map { .text(Self.unexpanded($0)) }),
      "envFrom": [["secretRef": ["name": .text("\(app)-env")]]],
      "env": [
        ["name": "PORT", "value": .text(String(service.port))],
        ["name": "PS", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]],
      ],
    ]
    container["workingDir"] = surroundings.directory.map { .text($0) }
    if let port = service.servedPort {
      container["ports"] = [["containerPort": .number(port)]]
    }
    if let probe = readiness(of: service) {
      container["readinessProbe"] = probe
      var patient = probe
      patient["failureThreshold"] = .number(Int(settings.startLimit / .seconds(1)))
      patient["periodSeconds"] = 1
      container["startupProbe"] = patient
    }
    if let bytes = settings.memoryLimit {
      container["resources"] = [
        "requests": ["memory": .text(String(bytes))], "limits": ["memory": .text(String(bytes))],
      ]
    }
    container["securityContext"] = security(surroundings)
    return [
      "terminationGracePeriodSeconds": .number(max(1, Int(settings.stopTimeout / .seconds(1)) + 5)),
      "containers": [container],
    ]
  }

  private func readiness(of service: ExportedService) -> YAML? {
    if let port = service.servedPort {
      return ["tcpSocket": ["port": .number(port)], "periodSeconds": 5]
    }
    guard let probe = service.probe() else { return nil }
    return ["exec": ["command": ["/bin/sh", "-c", .text(probe)]], "periodSeconds": 5]
  }

  /// A pod knows users by their numbers only.
  private func security(_ surroundings: Surroundings) -> YAML? {
    var result: YAML = [:]
    if let user = surroundings.user.flatMap({ Int($0) }) {
      result["runAsUser"] = .number(user)
      result["runAsNonRoot"] = .truth(user != 0)
    }
    if let group = surroundings.group.flatMap({ Int($0) }) { result["runAsGroup"] = .number(group) }
    return result == [:] ? nil : result
  }

  /// `$(NAME)` would be a variable of Kubernetes's own.
  private static func unexpanded(_ text: String) -> String {
    var result = ""
    for character in text {
      if character == "(", result.last == "$" { result += "$" }
      result.append(character)
    }
    return result
  }
}
