"""The org chart, owners, contacts and leads."""

from oa_crm.i18n.problems.words import Words

PEOPLE: dict[str, dict[str, Words]] = {
    "erase_alone": {
        "en": ("this unit has done something else before", "a unit of its own for each erasure"),
        "zh": ("本工作单元中已有其他操作", "每次删除使用单独的工作单元"),
    },
    "not_a_person": {
        "en": ("the customer is of the kind {kind}", "a customer of the kind person; of others, erase the contacts"),
        "zh": ("该客户类型为 {kind},不是个人", "类型为个人的客户;其他客户请删除其联系人的信息"),
    },
    "not_held": {
        "en": ("this {kind} is nothing that is handed over: {id}", "a thing that the leaver holds"),
        "zh": ("该{kind}不在交接人名下:{id}", "交接人名下的事项"),
    },
    "received_nothing": {
        "en": ("{member} received nothing by this handover", "one of its receivers"),
        "zh": ("{member} 未在此次交接中接收任何内容", "此次交接的接收人之一"),
    },
    "rest_or_stays": {
        "en": ("what nobody takes cannot both stay and go", "either `stays` or a receiver of the rest"),
        "zh": ("无人接收的事项不能既保留又移交", "`stays` 与其余接收人二选一"),
    },
    "owner_missing": {
        "en": ("the system owns nothing", "the id of an active member"),
        "zh": ("系统不能作为负责人", "一位在职成员的 id"),
    },
    "owner_out_of_reach": {
        "en": ("{owner} is no active member within your reach", "an active member's id"),
        "zh": ("{owner} 不是您数据范围内的在职成员", "一位在职成员的 id"),
    },
    "no_manager": {
        "en": (
            "{member} has no manager who could approve",
            "give the member a manager in the directory, or provide a workflow",
        ),
        "zh": ("{member} 没有可审批的上级", "请在组织架构中为其指定上级,或接入审批流"),
    },
    "host_org_chart": {
        "en": ("people come from the host's org chart", "change them there, then directory.sync()"),
        "zh": ("人员来自宿主平台的组织架构", "请在宿主平台修改,再执行 directory.sync()"),
    },
    "department_loop": {
        "en": ("{path} is a loop", "a tree of departments"),
        "zh": ("{path} 形成了循环", "部门须为树状结构"),
    },
    "unknown_parent": {
        "en": ("{department} lies under {parent}, which is unknown", "a known department"),
        "zh": ("{department} 的上级部门 {parent} 不存在", "已有的部门"),
    },
    "department_too_deep": {
        "en": ("{department} lies too deep", "a path of {longest} characters"),
        "zh": ("{department} 的层级过深", "路径不超过 {longest} 个字符"),
    },
    "not_of_the_chart": {
        "en": ("{given} is no {wanted}", "a {wanted} of oa_crm.hooks"),
        "zh": ("{given} 不是 {wanted}", "oa_crm.hooks 的 {wanted} 对象"),
    },
    "twice_in_the_chart": {
        "en": ("{given} is there twice", "each id once"),
        "zh": ("{given} 出现了两次", "每个编号只能出现一次"),
    },
    "the_systems_id": {
        "en": ("{given} is the id of the CRM itself", "another id"),
        "zh": ("{given} 是系统自身的编号", "其他编号"),
    },
    "unknown_department": {
        "en": ("{member} is in {named}, which is unknown", "a known department, or none"),
        "zh": ("{member} 所在的部门 {named} 不存在", "已有的部门,或不填"),
    },
    "unknown_manager": {
        "en": ("{member} reports to {named}, who is unknown", "a known member, or none"),
        "zh": ("{member} 的上级 {named} 不存在", "已有的成员,或不填"),
    },
    "owner_in_the_pool": {
        "en": ("a lead in the pool has no owner", "owner_id or pool"),
        "zh": ("公海线索没有负责人", "owner_id 与 pool 二者选一"),
    },
    "customer_or_lead": {
        "en": ("a follow-up is of a customer or of a lead", "one of customer_id and lead_id"),
        "zh": ("跟进记录属于客户或线索", "customer_id 与 lead_id 二者填一"),
    },
    "fact_of_a_new_customer": {
        "en": ("the customer is on file already", "left out where `into` is given"),
        "zh": ("客户已在册", "指定 `into` 时不填"),
    },
    "contact_without_customer": {
        "en": ("a contact on file stands at a customer on file", "`into` as well"),
        "zh": ("已有联系人须属于已有客户", "同时填写 `into`"),
    },
    "contact_elsewhere": {
        "en": ("this contact does not stand at that customer", "somebody who stands there now"),
        "zh": ("该联系人不在此客户任职", "目前在此客户任职的联系人"),
    },
    "name_of_no_project": {
        "en": ("no project is wanted", "left out where `project` is false"),
        "zh": ("未要求新建项目", "`project` 为 false 时不填"),
    },
    "not_a_phone": {
        "en": ("{given} is no phone number that can be dialled", "a number of {region}, or one that begins with +"),
        "zh": ("{given} 不是有效的电话号码", "{region} 的号码,或以 + 开头的国际号码"),
    },
    "day_to_come": {"en": ("{day} is still to come", "a day up to today"), "zh": ("{day} 在未来", "不晚于今天的日期")},
    "ends_before_it_began": {
        "en": ("it lies before the beginning, {began}", "a day from {began} on"),
        "zh": ("早于开始日期 {began}", "不早于 {began} 的日期"),
    },
    "contact_needs_a_name": {
        "en": ("a contact needs a name", "1 to 200 characters, or leave it out"),
        "zh": ("联系人必须有姓名", "1 到 200 个字符,不改则不要给出"),
    },
    "superior_elsewhere": {
        "en": ("nobody of that id stands at this customer now", "a contact at the same customer"),
        "zh": ("该客户目前没有这位联系人", "同一客户的在职联系人"),
    },
    "reporting_loop": {
        "en": ("the superior would report to the one he leads", "somebody who does not report to him"),
        "zh": ("汇报关系形成了循环", "不向其汇报的人"),
    },
    "reporting_too_deep": {
        "en": ("the reporting line would be too deep", "at most {deepest} levels"),
        "zh": ("汇报层级过深", "最多 {deepest} 层"),
    },
    "stands_there": {
        "en": ("the person stands there already", "another customer, or contacts.change_post"),
        "zh": ("此人已在该客户任职", "另一客户;如需修改任职信息请用 contacts.change_post"),
    },
}
