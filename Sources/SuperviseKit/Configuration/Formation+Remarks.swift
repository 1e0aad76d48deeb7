extension Formation {
  /// Variables and ports that are given twice.
  ///
  /// No mistake where nobody looks at them, as workers do not.
  var remarks: [String] { sharedPorts + sharedVariables }

  private var sharedPorts: [String] {
    var owners: [Int: Place] = [:]
    var remarks: [String] = []
    var told: Set<[String]> = []
    for place in places {
      guard let owner = owners[place.port] else {
        owners[place.port] = place
        continue
      }
      guard told.insert([owner.spec.name, place.spec.name]).inserted else { continue }
      remarks.append(
        "\(owner.name) and \(place.name) both get PORT=\(place.port), for a kind has"
          + " \(Self.portStep) ports; run no more of '\(owner.spec.name)', or make it the last line"
      )
    }
    return remarks
  }

  private var sharedVariables: [String] {
    var owners: [String: String] = [:]
    var remarks: [String] = []
    for (kind, variable, _) in ports {
      guard let owner = owners[variable] else {
        owners[variable] = kind
        continue
      }
      remarks.append(
        "'\(owner)' and '\(kind)' share the variable \(variable); rename one of them if others look"
          + " for its port")
    }
    return remarks
  }
}
