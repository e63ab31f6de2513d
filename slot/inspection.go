package slot

// Claim is one thing that a sandbox holds its processes to, or does not on
// this machine.
type Claim struct {
	Name  string `json:"name"` // "files", "signals", …
	Holds bool   `json:"holds"`
	Text  string `json:"text"`            // what is so where it holds
	Needs string `json:"needs,omitempty"` // what it takes
}

// Inspection is all that is in force for one slot.
type Inspection struct {
	Status    Status          `json:"status"`
	Processes []ProcessRecord `json:"processes"` // that may run, of the next release too
	Sandbox   SandboxReport   `json:"sandbox"`
	Limits    LimitsReport    `json:"limits"`
}

// SandboxReport says what the slot's processes are held to. The lists are for
// the next start; empty without a sandbox.
type SandboxReport struct {
	Mode   SandboxMode `json:"mode"`             // configured
	Reason string      `json:"reason,omitempty"` // why the kernel cannot hold all of it
	Claims []Claim     `json:"claims,omitempty"`
	Writes []string    `json:"writes,omitempty"` // files and folders, with all below
	Reads  []string    `json:"reads,omitempty"`  // besides those
}
