/// The first line of the log.
enum Banner {
  static func text(_ options: SuperviseOptions) -> String {
    var kinds: [(name: String, count: Int)] = []
    for place in options.formation.places {
      if kinds.last?.name == place.spec.name {
        kinds[kinds.count - 1].count += 1
      } else {
        kinds.append((place.spec.name, 1))
      }
    }
    let names = kinds.map { $0.count == 1 ? $0.name : "\($0.name) ×\($0.count)" }
    let end = options.style.terminal ? " – Ctrl-C stops them" : ""
    return "supervise \(options.mode.rawValue): \(names.joined(separator: ", "))\(end)"
  }
}
