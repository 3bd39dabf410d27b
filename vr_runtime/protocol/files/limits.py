"""Safety limits: configurable defaults that a clinician has to confirm; the record keeps those in force."""

from pydantic import Field, model_validator

from vr_runtime.protocol.base import Strict


class SafetyLimits(Strict):
    """Times in seconds. Link figures are silence of the console that drives, heard by the runtime."""

    link_no_raise_s: float = Field(default=1.0, gt=0, le=5)
    link_hold_s: float = Field(default=3.0, gt=0, le=10)
    link_lower_s: float = Field(default=8.0, gt=0, le=30)
    link_safe_place_s: float = Field(default=20.0, gt=0, le=60)
    lower_ramp_s: float = Field(default=3.0, gt=0, le=10, description="length of the ramp to the lowest step")
    tracking_hold_s: float = Field(default=0.5, ge=0, le=5, description="tracking or headset gone: hold")
    tracking_safe_place_s: float = Field(default=2.0, gt=0, le=30, description="... and then the safe place")
    record_wait_s: float = Field(
        default=1.0, gt=0, le=5, description="longest wait of a raise for its commit"
    )
    record_alarm_s: float = Field(
        default=1.0, gt=0, le=10, description="age of an uncommitted entry that blocks"
    )
    record_slow_s: float = Field(
        default=0.1,
        gt=0,
        le=5,
        description="mean age of what is not committed, over some seconds, that is told",
    )
    heart_stale_s: float = Field(default=5.0, gt=0, le=60)
    stop_calm_after_s: float = Field(
        default=0.2, ge=0, le=0.5, description="shell alone before the calm place"
    )
    stop_fade_s: float = Field(default=0.3, gt=0, le=0.5, description="shell to calm place")
    fade_s: float = Field(default=1.0, gt=0, le=5, description="fades between places")
    blink_s: float = Field(default=0.25, gt=0, le=2, description="half a blink: fade out, then as long in")
    sound_down_s: float = Field(default=0.2, gt=0, le=0.2)
    sickness_warn: float = Field(default=10.0, ge=0, le=20, description="fast motion sickness, 0 to 20")
    sickness_block: float = Field(default=15.0, ge=0, le=20, description="... nothing harder from here on")
    sickness_jump: float = Field(
        default=5.0, gt=0, le=20, description="... or after a rise by so much within two minutes"
    )
    distress_top: float = Field(default=90.0, gt=0, le=100, description="distress, 0 to 100, in two ratings")
    unanswered: int = Field(default=2, ge=1, le=10, description="prompts in a row that nobody answered")
    heart_fall_bpm: float = Field(default=20.0, gt=0, le=80, description="within 30 s; blood and injection")
    heart_low_bpm: float = Field(default=50.0, gt=20, le=80)
    late_share: float = Field(default=0.5, gt=0, le=1, description="late frames of the last half second")
    late_alert_s: float = Field(default=2.0, gt=0, le=30)
    head_on_s: float = Field(
        default=2700.0, gt=0, le=14_400, description="warn of a headset worn for longer; by age: less"
    )
    trigger_gap_s: float = Field(default=3.0, ge=0, le=120, description="least time between two triggers")

    @model_validator(mode="after")
    def _rising(self) -> "SafetyLimits":
        if not self.link_no_raise_s <= self.link_hold_s <= self.link_lower_s <= self.link_safe_place_s:
            raise ValueError("the link times must rise: no raise, hold, lower, safe place")
        if self.tracking_hold_s > self.tracking_safe_place_s:
            raise ValueError("tracking: the hold (tracking_hold_s) must not come after the safe place")
        if self.sickness_warn > self.sickness_block:
            raise ValueError(
                "sickness: the warning (sickness_warn) must not come after the block (sickness_block)"
            )
        if self.stop_calm_after_s + self.stop_fade_s > 0.5:
            raise ValueError("after a STOP the calm place must have faded in within 0.5 s")
        return self
