import SwiftDiagnostics
import SwiftSyntax

extension TaskFunction {
  func mistakes(for kind: TaskAttribute.Kind) -> [Diagnostic] { [] }
}
