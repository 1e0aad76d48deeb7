// CeleriacCLI
