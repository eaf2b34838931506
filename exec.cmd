@rem cmd has no "exec"
@%*
