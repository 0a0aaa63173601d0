from django.db import migrations, models
import django.db.models.expressions


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0006_fill_the_parts_of_payments'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('amount', django.db.models.expressions.CombinedExpression(models.F('price'), '+', models.F('fee')))), name='payment_amount_is_price_plus_fee'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('commission__lte', models.F('price'))), name='payment_commission_is_within_price'),
        ),
    ]
