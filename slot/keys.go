package slot

// Keys of structured log attributes, the same in every room.
const (
	KeySlot       = "slot"
	KeyRelease    = "release"
	KeyDeployment = "deployment"
	KeyStep       = "step"
	KeyPID        = "pid"
	KeyPort       = "port"
	KeyError      = "error"
	KeyPath       = "path"
)
