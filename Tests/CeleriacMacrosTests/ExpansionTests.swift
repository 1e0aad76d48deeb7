@testable import CeleriacMacros
