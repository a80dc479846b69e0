from django.urls import path

from targets.views import deciding, drafting, following, reading

urlpatterns = [
    path("", reading.plans, name="plans"),
    path("lap/", drafting.new_plan, name="plan_new"),
    path("<slug:code>/", reading.plan, name="plan"),
    path("<slug:code>/json/", reading.plan_json, name="plan_json"),
    path("<slug:code>/thay-doi/", reading.changes, name="plan_changes"),
    path("<slug:code>/thong-tin/", drafting.facts, name="plan_facts"),
    path("<slug:code>/quy-tac/", drafting.plan_rules, name="plan_rules"),
    path("<slug:code>/quy-tac/moi/", drafting.new_rule, name="plan_rule_new"),
    path("<slug:code>/quy-tac/<int:position>/", drafting.rule, name="plan_rule"),
    path("<slug:code>/quy-tac/<int:position>/bo/", drafting.remove_rule, name="plan_rule_remove"),
    path("<slug:code>/chi-tieu/<slug:indicator_code>/", drafting.indicator, name="plan_indicator"),
    path("<slug:code>/sua-tay/<int:unit>/<slug:indicator_code>/", drafting.override, name="plan_override"),
    path("<slug:code>/giao-lai/", drafting.assign, name="plan_assign"),
    path("<slug:code>/xoa/", drafting.discard, name="plan_discard"),
    path("<slug:code>/duyet/", deciding.review, name="plan_review"),
    path("<slug:code>/duyet/dong-y/", deciding.approve, name="plan_approve"),
    path("<slug:code>/duyet/tra-lai/", deciding.send_back, name="plan_return"),
    path("<slug:code>/ban-hanh/", deciding.issue, name="plan_issue"),
    path("<slug:code>/tien-do/", following.progress, name="plan_progress"),
    path("<slug:code>/thay-the/", deciding.supersede, name="plan_supersede"),
]
