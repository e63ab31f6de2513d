# The part of the template that is the same wherever a workspace runs: agent,
# parameters, apps and what the dashboard shows. The folder above and docker/
# bring the machine.
terraform {
  required_version = ">= 1.4"
  required_providers {
    coder = {
      source  = "coder/coder"
      version = ">= 2.12.0"
    }
  }
}

data "coder_provisioner" "me" {}
data "coder_workspace" "me" {}
data "coder_workspace_owner" "me" {}

# Nothing here may change from build to build, env least of all: an agent that
# changes is replaced.
resource "coder_agent" "main" {
  os   = "linux"
  arch = data.coder_provisioner.me.arch
  dir  = var.home

  display_apps {
    vscode          = true
    web_terminal    = true
    ssh_helper      = true
    vscode_insiders = false
  }

  dynamic "metadata" {
    for_each = local.slots
    content {
      key          = "${metadata.key}_slot"
      display_name = "Slot ${upper(metadata.value)}"
      script       = "slot report ${metadata.value}"
      interval     = 10
      timeout      = 5
      order        = metadata.key + 1
    }
  }
  metadata {
    key          = "6_memory"
    display_name = "Memory"
    script       = "coder stat mem"
    interval     = 10
    timeout      = 5
    order        = 6
  }
  metadata {
    key          = "7_home"
    display_name = "Home disk"
    script       = "coder stat disk --path \"$HOME\""
    interval     = 60
    timeout      = 5
    order        = 7
  }
}

# What the agent runs when it starts, under a name of its own in the log.
resource "coder_script" "start" {
  agent_id     = coder_agent.main.id
  display_name = "Start the slots"
  icon         = "/icon/widgets.svg"
  script       = var.startup_script
  run_on_start = true
}

# Apps and database end in order before the machine does.
resource "coder_script" "stop" {
  agent_id     = coder_agent.main.id
  display_name = "Stop the slots"
  icon         = "/icon/widgets.svg"
  script       = "slot down"
  run_on_stop  = true
  timeout      = 60
}
