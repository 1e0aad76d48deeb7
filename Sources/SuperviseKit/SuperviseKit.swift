// SuperviseKit
