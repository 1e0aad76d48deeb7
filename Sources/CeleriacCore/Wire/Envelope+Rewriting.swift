extension Envelope {
  /// A header to be changed in an envelope that is sent on.
  enum HeaderChange {
    case retries(Int)
    case eta(Timestamp?)
    case parentID(TaskID)
  }

  /// The envelope's bytes with some headers changed and all else as it was.
  ///
  /// Nothing is decoded and encoded again: big integers, floats, stamps and headers of others
  /// arrive at the next worker byte for byte.
  func rewritten(_ changes: [HeaderChange]) -> [UInt8] {
    var edits: [(range: Range<Int>, text: [UInt8])] = []
    var added: [UInt8] = []
    for change in changes {
      let (name, range, value) = resolve(change)
      if let range {
        edits.append((range, value))
      } else {
        if !added.isEmpty { added.append(json: ", ") }
        added.append(jsonString: name)
        added.append(json: ": ")
        added += value
      }
    }
    if let start = headers.start, !added.isEmpty {
      if !headers.isEmpty { added.append(json: ", ") }
      edits.append((start..<start, added))
    }
    edits.sort { $0.range.lowerBound < $1.range.lowerBound }

    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + 64)
    var position = 0
    for edit in edits {
      output += bytes[position..<edit.range.lowerBound]
      output += edit.text
      position = edit.range.upperBound
    }
    output += bytes[position...]
    return output
  }

  private func resolve(
    _ change: HeaderChange
  ) -> (name: String, range: Range<Int>?, value: [UInt8]) {
    var value: [UInt8] = []
    switch change {
    case .retries(let count):
      value.append(json: count)
      return ("retries", headers.retries, value)
    case .eta(let eta):
      value.append(jsonTimestamp: eta)
      return ("eta", headers.eta, value)
    case .parentID(let id):
      value.append(jsonString: id.rawValue)
      return ("parent_id", headers.parentID, value)
    }
  }
}
