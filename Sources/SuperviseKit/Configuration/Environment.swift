/// The variables a process is given.
package struct Environment: Sendable, Equatable {
  package private(set) var variables: [String: String]

  package init(_ variables: [String: String] = [:]) {
    self.variables = variables
  }

  package subscript(name: String) -> String? {
    get { variables[name] }
    set { variables[name] = newValue }
  }

  /// The same with some variables set, whatever they were before.
  package func setting(_ stronger: [(String, String)]) -> Environment {
    Environment(variables.merging(stronger) { $1 })
  }

  /// The same with some variables set where they were not set before.
  package func completed(by weaker: [(String, String)]) -> Environment {
    Environment(variables.merging(weaker.reversed().map { ($0.0, $0.1) }) { own, _ in own })
  }

  /// The same without some variables.
  func without(_ names: [String]) -> Environment {
    Environment(variables.filter { !names.contains($0.key) })
  }

  /// `NAME=value`, in no particular order.
  package var list: [String] { variables.map { "\($0.key)=\($0.value)" } }

  /// What one process of a formation gets beside the common variables.
  package func forPlace(_ place: Formation.Place, in formation: Formation) -> Environment {
    var result = self
    result.variables.reserveCapacity(variables.count + formation.ports.count + 16)
    for (kind, variable, port) in formation.ports where kind != place.spec.name {
      result[variable] = String(port)
    }
    result["PORT"] = String(place.port)
    result["PS"] = place.place
    result["SUPERVISE_INSTANCE"] = place.place
    return result
  }
}
