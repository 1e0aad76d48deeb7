/// From what a person has typed to processes: `worker.2`, `worker` for all of its kind, `all`.
struct Names {
  /// A process that can be meant.
  struct Candidate: Equatable {
    /// `worker.2`, or `beat` where there is only one.
    var name: String
    var kind: String
    /// What it is known by, whatever it is called: `beat.1`.
    var place: String
  }

  private let candidates: [Candidate]

  init(_ candidates: [Candidate]) {
    self.candidates = candidates
  }

  /// The processes that are meant, each once, in the order of the formation.
  func resolve(_ words: [String]) throws(ControlError) -> [Candidate] {
    var meant: Set<String> = []
    for word in words {
      let found = candidates.filter { candidate in
        word == "all" || [candidate.name, candidate.kind, candidate.place].contains(word)
      }
      guard !found.isEmpty else { throw unknown(word) }
      meant.formUnion(found.map(\.place))
    }
    return candidates.filter { meant.contains($0.place) }
  }

  private func unknown(_ word: String) -> ControlError {
    guard !candidates.isEmpty else {
      return ControlError(.unknownName, "no process is called '\(word)'; none runs here")
    }
    return ControlError(.unknownName, Self.unknown(word, among: known))
  }

  private var known: [String] {
    var known: [String] = []
    for candidate in candidates {
      let instances = candidates.count { $0.kind == candidate.kind }
      let words = instances > 1 ? [candidate.kind, candidate.name] : [candidate.name]
      known += words.filter { !known.contains($0) }
    }
    return known
  }

  /// What is said of a name that is not there: what may have been meant, and what there is.
  static func unknown(_ word: String, among known: [String]) -> String {
    let nearest = known.map { (name: $0, distance: word.lowercased().distance(to: $0)) }
      .min { $0.distance < $1.distance }
    let guess = nearest.flatMap { near in
      near.distance <= max(1, min(word.count, near.name.count) / 3)
        ? "; did you mean '\(near.name)'?" : nil
    }
    return
      "no process is called '\(word)'\(guess ?? ";") there are \(known.joined(separator: ", "))"
  }
}

extension String {
  /// How many letters have to be changed, put in, taken out, or exchanged with their neighbour.
  func distance(to other: String) -> Int {
    let own = Array(self)
    let others = Array(other)
    var beforeLast: [Int] = []
    var last = Array(0...others.count)
    for (row, letter) in own.enumerated() {
      var current = [row + 1]
      for (column, otherLetter) in others.enumerated() {
        var cost = Swift.min(
          last[column + 1] + 1, current[column] + 1, last[column] + (letter == otherLetter ? 0 : 1))
        if row > 0, column > 0, letter == others[column - 1], own[row - 1] == otherLetter {
          cost = Swift.min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      beforeLast = last
      last = current
    }
    return last[others.count]
  }
}
