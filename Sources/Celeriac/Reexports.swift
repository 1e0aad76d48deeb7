@_exported public import CeleriacCore
