public import Celeriac

/// Stands in a module that the tests are linked with and never import.
@Task public func farAway(_ x: Int) -> Int { x }
