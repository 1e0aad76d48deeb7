extension WireScalar where Self: FixedWidthInteger {
  init?(wire bytes: [UInt8], _ range: Range<Int>) {
    guard let value = JSONText.integer(bytes, range, as: Self.self) else { return nil }
    self = value
  }

  var wireText: [UInt8] { Array(String(self).utf8) }
}

extension Int: WireScalar {}
extension Int8: WireScalar {}
extension Int16: WireScalar {}
extension Int32: WireScalar {}
extension Int64: WireScalar {}
extension Int128: WireScalar {}
extension UInt: WireScalar {}
extension UInt8: WireScalar {}
extension UInt16: WireScalar {}
extension UInt32: WireScalar {}
extension UInt64: WireScalar {}
extension UInt128: WireScalar {}

extension Double: WireScalar {
  init?(wire bytes: [UInt8], _ range: Range<Int>) {
    guard let value = JSONText.double(bytes, range) else { return nil }
    self = value
  }

  var wireText: [UInt8] {
    var output: [UInt8] = []
    output.append(json: self)
    return output
  }
}

extension Float: WireScalar {
  init?(wire bytes: [UInt8], _ range: Range<Int>) {
    guard let value = JSONText.double(bytes, range) else { return nil }
    self = Float(value)
  }

  // By way of its own digits: 0.1 as a Float is no 0.10000000149.
  var wireText: [UInt8] { isFinite ? Array(description.utf8) : Double(self).wireText }
}

extension Bool: WireScalar {
  init?(wire bytes: [UInt8], _ range: Range<Int>) {
    guard let value = JSONText.bool(bytes, range) else { return nil }
    self = value
  }

  var wireText: [UInt8] { Array((self ? "true" : "false").utf8) }
}

extension String: WireScalar {
  init?(wire bytes: [UInt8], _ range: Range<Int>) {
    guard let value = JSONText.string(bytes, range) else { return nil }
    self = value
  }

  var wireText: [UInt8] {
    var output: [UInt8] = []
    output.append(jsonString: self)
    return output
  }
}
