// CeleriacCore
